//! The process of a test: one for itself, its memory and its files.

use std::process::Command;
use std::{env, fs};

/// Set in the process that a test has for itself.
const OWN_PROCESS: &str = "ENVOI_OWN_PROCESS";

/// Runs the body of `test` in a process of its own, which may open so many files: "hard" is as many as the system
/// permits.
#[track_caller]
pub(crate) fn in_own_process(test: &str, files: &str, body: impl FnOnce()) {
    if env::var_os(OWN_PROCESS).is_some() {
        return body();
    }
    let files = if files == "hard" {
        "$(ulimit -Hn)"
    } else {
        files
    };
    let shell = format!("ulimit -n {files} && exec \"$0\" \"$@\"");
    let this = env::current_exe().unwrap();
    let mut command = Command::new("sh");
    command.env(OWN_PROCESS, "").args(["-c", &shell]).arg(this);
    command.args(["--exact", test, "--nocapture"]);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    let is_run = output.status.success() && said.contains("1 passed");
    assert!(is_run, "{said}\n{complained}");
    eprint!("{complained}");
}

/// Octets of this process in memory.
pub(crate) fn resident() -> usize {
    status("VmRSS:")
}

/// The most that there were.
pub(crate) fn most_resident() -> usize {
    status("VmHWM:")
}

fn status(name: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse::<usize>().ok()).unwrap() * 1024
}

/// Files that this process has open.
pub(crate) fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}
