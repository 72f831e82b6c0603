//! The command `atm`, seen from outside: one behaviour in each file.

mod account;
mod atm;
mod bounded_reads;
mod deploy;
mod documents;
mod exit_codes;
mod explore;
mod fuzz;
mod hostile;
mod json;
mod json_lines;
mod mistakes;
mod one_line;
mod paths;
mod pictures;
mod populations;
mod quiet;
mod readers;
mod readme;
mod report;
mod requirements;
mod schema;
mod suggestions;
mod verdicts;
mod written_files;
