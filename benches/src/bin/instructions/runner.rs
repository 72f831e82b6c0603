use std::path::PathBuf;

use crate::counting::CountingError;

/// The version of gungraun-runner that matches the library: the library's version in Cargo.lock.
pub(crate) fn version() -> Result<String, CountingError> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    let text = std::fs::read_to_string(&path);
    let text = text.map_err(|source| CountingError::Io { path: path.clone(), source })?;
    version_in(&text).map(str::to_owned).ok_or(CountingError::NoRunner { path })
}

fn version_in(lock_file: &str) -> Option<&str> {
    let mut lines = lock_file.lines().skip_while(|line| *line != r#"name = "gungraun""#);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_library_and_not_of_its_parts() {
        let part = "[[package]]\nname = \"gungraun-macros\"\nversion = \"0.10.0\"\n";
        let library = "[[package]]\nname = \"gungraun\"\nversion = \"0.20.1\"\n";
        assert_eq!(version_in(&[part, library, part].join("\n")), Some("0.20.1"));
        assert_eq!(version_in(part), None);
    }

    #[test]
    fn the_readme_tells_to_install_the_version_of_the_lock_file() {
        let command = format!("cargo install gungraun-runner --version {} --locked", version().unwrap());
        assert!(include_str!("../../../README.md").contains(&command), "{command}");
    }
}
