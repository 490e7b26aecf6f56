//! Puts messages into the queue. Each file, or standard input, is a job for the same recipients.

use std::io::Read;
use std::path::PathBuf;
use std::{fs, io};

use anyhow::{Context, Result};

use crate::job::Job;
use crate::queue::Queue;

pub async fn submit(
    queue: &Queue,
    server: &str,
    sender: &str,
    recipients: &[String],
    files: &[PathBuf],
) -> Result<()> {
    for (name, message) in messages(files)? {
        let job = Job::new(sender, recipients, message).context(name.clone())?;
        let new = queue.submit(server, &job).await.context(name)?;
        println!(
            "{}: {}",
            job.id,
            if new { "queued" } else { "was queued before" }
        );
    }
    Ok(())
}

/// Reads all files before it submits the first, so that nothing is submitted if one cannot be read.
fn messages(files: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>> {
    if files.is_empty() {
        let mut message = Vec::new();
        io::stdin()
            .read_to_end(&mut message)
            .context("cannot read standard input")?;
        return Ok(vec![("standard input".into(), message)]);
    }
    let read = files.iter().map(|file| {
        let name = file.display().to_string();
        let message = fs::read(file).with_context(|| format!("cannot read {name}"))?;
        Ok((name, message))
    });
    read.collect()
}
