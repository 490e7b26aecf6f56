//! Runs programs of the machine.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

/// Runs a program to its end and returns its output. The error is a sentence with the reason.
pub fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).env("LC_ALL", "C");
    let output = command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("there is no `{name}` here"),
        _ => format!("`{name}` cannot be run: {error}"),
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = errors
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    // The last lines are the reason; the lines before tell how it came to that.
    let reason = lines[lines.len().saturating_sub(3)..].join(" / ");
    Err(format!("`{name}` failed ({}): {reason}", output.status))
}
