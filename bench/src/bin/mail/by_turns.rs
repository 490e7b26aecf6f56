//! Measures clients by turns, so that all have the same weather.

use wasmtime::Result;

use crate::clients::Client;
use crate::task::Task;

/// Runs each client so many times. A client without results has the words of its cell instead.
pub(crate) fn run<T>(
    name: &str,
    clients: &[Client],
    task: &Task,
    runs: usize,
    once: impl Fn(&Client) -> Result<T>,
) -> Vec<Result<Vec<T>, String>> {
    let mut samples: Vec<Vec<T>> = clients.iter().map(|_| Vec::new()).collect();
    for _ in 0..runs {
        for (client, samples) in clients.iter().zip(&mut samples) {
            if client.missing().is_some() || !client.supports(task) {
                continue;
            }
            eprintln!("bench: {name}: {}", client.name);
            match once(client) {
                Ok(sample) => samples.push(sample),
                Err(error) => eprintln!("bench: {error:#}"),
            }
        }
    }
    let taken = clients.iter().zip(samples);
    taken
        .map(|(client, samples)| match client.missing() {
            Some(_) => Err("not here".into()),
            None if !client.supports(task) => Err("–".into()),
            None if samples.len() < runs => Err("failed".into()),
            None => Ok(samples),
        })
        .collect()
}
