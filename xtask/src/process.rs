//! Runs other programs to their end.

use std::{
    ffi::OsStr,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// A program that leaves the cores to others who want them.
pub(crate) fn in_the_background(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("nice");
    command.args(["-n", "10"]).arg(program);
    command
}

/// Runs a program, with its output visible.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status}); its reasons are above", name(command));
    }
    Ok(())
}

/// Like [`run`], but ends a program that takes longer than `limit`.
pub(crate) fn run_within(limit: Duration, command: &mut Command) -> Result<()> {
    const POLL: Duration = Duration::from_millis(50);
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {}", name(command)))?;
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => bail!("{} failed ({status})", name(command)),
            None => thread::sleep(POLL),
        }
    }
    child.kill()?;
    child.wait()?;
    bail!("{} was not done after {} s", name(command), limit.as_secs());
}

/// The output of a program, if it exists and succeeds.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn name(command: &Command) -> String {
    let mut words = vec![command.get_program()];
    words.extend(command.get_args());
    format!("`{}`", words.join(" ".as_ref()).display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_takes_too_long_is_ended() {
        let mut forever = Command::new("sleep");
        let error = run_within(Duration::from_millis(100), forever.arg("1000")).unwrap_err();
        assert_eq!(error.to_string(), "`sleep 1000` was not done after 0 s");
    }

    #[test]
    fn a_missing_program_has_no_answer() {
        assert_eq!(answer(&mut Command::new("/nonexistent/program")), None);
    }

    #[test]
    fn a_failure_names_the_command() {
        let error = run(Command::new("test").arg("-e").arg("/nonexistent/file")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`test -e /nonexistent/file` failed"),
            "{error}"
        );
    }
}
