//! The scenarios are part of the binary, so a changed scenario triggers a new build.

fn main() {
    println!("cargo::rerun-if-changed=scenarios");
}
