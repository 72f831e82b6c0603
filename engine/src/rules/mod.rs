//! The rules of Automatic Trust Management (XEP-0450), one file for each.
//!
//! | file | question | XEP-0450 |
//! |---|---|---|
//! | [`inputs`] | What can happen to a device? | |
//! | [`manual_decisions`] | What does a person's decision do? | glossary, use cases |
//! | [`admission`] | Does a message count at all? | use cases, *Receiving*; XEP-0434 SCE profile |
//! | [`authority`] | Which endpoint may decide on which key, and does its word count now? | use cases, *Receiving* |
//! | [`postponing`] | What happens to decisions of a sender whose key is not authenticated? | implementation notes |
//! | [`unknown_keys`] | What happens to decisions about a key that was not fetched yet? | implementation notes |
//! | [`conflicts`] | Which of several decisions about one key holds? | open |
//! | [`named_distrusts`] | Which distrusts does a trust undo, under the conflict rule `named`? | open |
//! | [`applying`] | How does a decision take effect, and what does it set off? | use cases, *Receiving* |
//! | [`toakafa`] | What level has a key that nobody decided on? | security considerations |
//! | [`announcing`] | Who is told what? | use cases, *Sending* |
//! | [`sending`] | How is it sent, and what happens until it is? | use cases, *Sending*; XEP-0434 |
//! | [`shared_key`] | What is different if all endpoints of an account share one key? | use cases, OOK |
//!
//! Own and contacts' endpoints differ in [`authority`] (who may decide) and in [`announcing`] (who is told).
//!
//! Every input has a [`Context`]: the device, the names, the time and the outcome. A rule is a method of it.

pub(crate) mod admission;
pub(crate) mod announcing;
pub(crate) mod applying;
pub(crate) mod authority;
pub(crate) mod conflicts;
mod context;
pub(crate) mod inputs;
pub(crate) mod manual_decisions;
pub(crate) mod named_distrusts;
pub(crate) mod postponing;
pub(crate) mod sending;
pub(crate) mod shared_key;
pub(crate) mod toakafa;
pub(crate) mod unknown_keys;

pub(crate) use context::Context;
