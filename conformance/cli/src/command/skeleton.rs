use std::fs;
use std::io::{self, Write};
use std::path::Path;

use atm_reports::mistakes::Complaint;

use crate::arguments::{AdapterNewArgs, Language};
use crate::exit::Exit;
use crate::output::Output;

/// The skeleton of an adapter in one language.
struct Skeleton {
    /// The files, by their paths in the folder.
    files: &'static [(&'static str, &'static str)],
    /// The command that builds it in its folder, if it has to be built.
    build: Option<&'static str>,
    /// The program and the file in the folder that start it. The program is empty if the file is the program.
    start: [&'static str; 2],
}

impl Skeleton {
    fn of(language: Language) -> Self {
        match language {
            Language::Python => Self {
                files: &[("adapter.py", include_str!("../../skeletons/adapter.py"))],
                build: None,
                start: ["python3", "adapter.py"],
            },
            Language::Javascript => Self {
                files: &[("adapter.mjs", include_str!("../../skeletons/adapter.mjs"))],
                build: None,
                start: ["node", "adapter.mjs"],
            },
            Language::Rust => Self {
                files: &[
                    ("Cargo.toml", include_str!("../../skeletons/manifest.toml")),
                    ("src/main.rs", include_str!("../../skeletons/main.rs")),
                ],
                build: Some("cargo build"),
                start: ["", "target/debug/my-adapter"],
            },
            Language::Cpp => Self {
                files: &[
                    ("adapter.cpp", include_str!("../../skeletons/adapter.cpp")),
                    ("json.h", include_str!("../../skeletons/json.h")),
                ],
                build: Some("c++ -std=c++17 -Wall -o adapter adapter.cpp"),
                start: ["", "adapter"],
            },
        }
    }

    /// The command that starts the adapter, for the command line of `atm`.
    fn command(&self, folder: &Path) -> String {
        let [program, file] = self.start;
        let path = folder.join(file);
        let words = [program, &path.to_string_lossy()];
        shell_words::join(words.into_iter().filter(|word| !word.is_empty()))
    }
}

/// Writes the skeleton of an adapter.
pub(super) fn new(arguments: &AdapterNewArgs) -> Exit {
    let folder = &arguments.folder;
    match is_empty(folder) {
        Ok(true) => {}
        Ok(false) => {
            Complaint::new("this folder is not empty, and nothing in it is overwritten")
                .of(format_args!("atm: {}", folder.display()))
                .tell();
            return Exit::Usage;
        }
        Err(error) => {
            Complaint::new(error).of(format_args!("atm: {}", folder.display())).tell();
            return Exit::SetUp;
        }
    }
    let skeleton = Skeleton::of(arguments.language);
    let mut output = Output::default();
    let mut is_written = true;
    for (name, text) in skeleton.files {
        let path = folder.join(name);
        let parent = path.parent().expect("a file in a folder");
        is_written &=
            output.succeeded(parent.display(), fs::create_dir_all(parent)) && output.text(&path, text);
    }
    if is_written {
        output.print(|out| write_next(out, &skeleton, folder));
    }
    output.exit(Exit::AsExpected)
}

/// Whether there is nothing in a folder, which need not exist.
pub(super) fn is_empty(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

fn write_next(out: &mut dyn Write, skeleton: &Skeleton, folder: &Path) -> io::Result<()> {
    let files: Vec<&str> = skeleton.files.iter().map(|(name, _)| *name).collect();
    writeln!(out, "wrote {} into {}", files.join(" and "), folder.display())?;
    if let Some(build) = skeleton.build {
        writeln!(out, "build it: cd {} && {build}", shell_words::quote(&folder.to_string_lossy()))?;
    }
    let command = skeleton.command(folder);
    writeln!(out, "check it: atm adapter check {}", shell_words::quote(&command))?;
    writeln!(out, "then put the calls of your library into `Device`, and check it again")
}
