//! A user's project, which has installed the package, and programs in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use example_tests::{Program, dist};
use servers::report;

/// `None` where this machine cannot have it, which is reported.
pub fn project() -> Option<&'static Path> {
    static PROJECT: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
        let made = dist().join("npm/envoi");
        if !made.exists() {
            report::not_run(&"the npm package", "`cargo xtask npm` has not made it");
            return None;
        }
        let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm");
        Some(install(&made, &project))
    });
    PROJECT.as_deref()
}

/// What a user does with the package, and no more.
fn install(made: &Path, project: &Path) -> PathBuf {
    // That of an earlier run, where there was one.
    let _ = fs::remove_dir_all(project);
    fs::create_dir_all(project).expect("it can be written");
    let mut pack = Command::new("npm");
    pack.args(["pack", "--pack-destination"]).arg(project);
    let packed = setup::run(pack.arg(made)).expect("npm packs");
    let archive = packed.trim().lines().last().expect("npm names the archive");
    fs::write(project.join("package.json"), r#"{ "type": "module" }"#).expect("it can be written");
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund"]);
    setup::run(npm.arg(format!("./{archive}")).current_dir(project)).expect("npm installs");
    project.into()
}

/// A program of `programs/`, in the project; `None` as above.
pub fn start(name: &str, environment: &[(&str, &str)]) -> Option<Program> {
    let project = project()?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/npm/programs");
    let program = project.join(name);
    fs::copy(source.join(name), &program).expect("there is such a program");
    let mut node = Command::new("node");
    node.arg(&program).envs(environment.iter().copied());
    Some(Program::start(&mut node))
}

/// Runs it to its end, which has to be a good one; what it printed.
pub fn run(name: &str, environment: &[(&str, &str)]) -> Option<String> {
    let ended = start(name, environment)?.end();
    assert!(ended.well, "{ended:?}");
    Some(ended.stdout)
}
