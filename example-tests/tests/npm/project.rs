//! A user's project with the package installed, and the programs in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use example_tests::{node, program::Program};
use servers::report;

/// `None` if this machine cannot have it, which is reported.
pub(crate) fn project() -> Option<&'static Path> {
    static PROJECT: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
        let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm");
        match node::project(&project) {
            Ok(()) => {
                copy_programs(&project);
                Some(project)
            }
            Err(why) => {
                report::not_run(&"the npm package", &why);
                None
            }
        }
    });
    PROJECT.as_deref()
}

fn copy_programs(project: &Path) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/npm/programs");
    for entry in fs::read_dir(source).expect("they are there") {
        let entry = entry.expect("it can be read");
        fs::copy(entry.path(), project.join(entry.file_name())).expect("it can be copied");
    }
}

/// Starts a program of `programs/` in the project; `None` as in [`project`].
pub(crate) fn start(name: &str, environment: &[(&str, &str)]) -> Option<Program> {
    let project = project()?;
    let mut node = Command::new("node");
    node.arg(name).envs(environment.iter().copied());
    node.stdin(Stdio::piped()).current_dir(project);
    Some(Program::start(&mut node))
}

/// Runs a program, which has to succeed; returns its output.
pub(crate) fn run(name: &str, environment: &[(&str, &str)]) -> Option<String> {
    let ended = start(name, environment)?.end();
    assert!(ended.succeeded, "{ended:?}");
    Some(ended.stdout)
}
