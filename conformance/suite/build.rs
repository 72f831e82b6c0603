//! The scenarios are built into the command: a change among them is a change of the command.

fn main() {
    println!("cargo::rerun-if-changed=../../scenarios");
}
