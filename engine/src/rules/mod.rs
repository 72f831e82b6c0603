//! The rules of Automatic Trust Management (XEP-0450), one per file.
//!
//! | file | question | XEP-0450 |
//! |---|---|---|
//! | [`inputs`] | Which rule answers which input? | |
//! | [`manual_decisions`] | What does a person's decision do? | glossary, use cases |
//! | [`admission`] | Does a message count at all? | use cases, *Receiving*; XEP-0434 SCE profile |
//! | [`authority`] | Which endpoint may decide on which key, and does its decision count now? | use cases, *Receiving* |
//! | [`postponing`] | What happens to decisions of an unauthenticated sender? | implementation notes |
//! | [`unknown_keys`] | What happens to decisions about an undiscovered key? | implementation notes |
//! | [`conflicts`] | Which of several decisions about one key holds? | open |
//! | [`named_distrusts`] | Which distrusts does a trust undo, under the conflict rule `named`? | open |
//! | [`applying`] | How does a decision take effect, and which consequences does it have? | use cases, *Receiving* |
//! | [`toakafa`] | What is the level of a key without a decision? | security considerations |
//! | [`announcing`] | Which endpoints are told which decisions? | use cases, *Sending* |
//! | [`trusted_again`] | How do decisions made during a distrust count later, under `named`? | open |
//! | [`sending`] | How is a message sent, and what happens until then? | use cases, *Sending*; XEP-0434 |
//! | [`shared_key`] | What differs if all endpoints of an account share one key? | use cases, OOK |
//!
//! Own and contacts' endpoints differ in [`authority`] (their rights to decide) and in [`announcing`] (what they are
//! told).
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
pub(crate) mod trusted_again;
pub(crate) mod unknown_keys;

pub(crate) use context::Context;
