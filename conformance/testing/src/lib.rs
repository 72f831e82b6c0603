//! Implementations of ATM that are wrong in one way each, and such that differ only in what the specifications leave
//! open. They test the conformance suite itself.
