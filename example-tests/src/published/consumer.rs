//! A person who has an empty folder and the tools, and no envoi.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use super::{Folder, step};

pub(super) struct Consumer {
    pub folder: Folder,
    /// Before the machine's own.
    path: OsString,
    environment: Vec<(&'static str, String)>,
}

impl Consumer {
    /// Whose `PATH` has these programs.
    pub(super) fn new(name: &str, programs: &[PathBuf]) -> Result<Consumer, String> {
        let own = programs
            .iter()
            .filter_map(|it| it.parent())
            .map(PathBuf::from);
        let machine = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(own.chain(env::split_paths(&machine)));
        Ok(Consumer {
            folder: Folder::new(name)?,
            path: path.map_err(|error| error.to_string())?,
            environment: Vec::new(),
        })
    }

    pub(super) fn set(&mut self, name: &'static str, value: String) {
        self.environment.push((name, value));
    }

    /// Types a command, and returns its output.
    pub(super) fn types(&self, words: &[&str]) -> Result<String, String> {
        step(&format!("  $ {}", shown(words)), || {
            // The program itself is looked up in that `PATH` too.
            let mut command = Command::new("env");
            command.arg(words[0]).args(&words[1..]);
            command.current_dir(&self.folder.0).env("PATH", &self.path);
            setup::run(command.envs(self.environment.iter().cloned()))
        })
    }
}

/// As in a shell.
fn shown(words: &[&str]) -> String {
    let words = words.iter().map(|word| {
        if word.contains([' ', '"', '(']) {
            format!("'{word}'")
        } else {
            (*word).into()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
