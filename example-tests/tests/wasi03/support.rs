//! Ten messages, and what has to become of them.

use std::collections::BTreeSet;
use std::process::Command;

use example_tests::program::{Ended, Program};
use servers::crowd::Crowd;

/// The examples' limit.
const CONNECTIONS: usize = 4;

pub(crate) fn recipients() -> Vec<String> {
    (0..10)
        .map(|number| format!("{number}@example.org"))
        .collect()
}

pub(crate) fn end(mut command: Command) -> Ended {
    Program::start(&mut command).end()
}

/// Runs a program that sends a message to each of [`recipients`] at this URL, which has to succeed; returns its
/// output.
pub(crate) fn ten_at_the_same_time(program: impl FnOnce(&str) -> Command) -> String {
    let crowd = Crowd::start(CONNECTIONS);
    let ended = end(program(&format!("smtp://{}", crowd.sink().address())));
    assert!(ended.succeeded, "{ended:?}");
    let deliveries = crowd.sink().deliveries();
    let arrived: BTreeSet<_> = deliveries.iter().flat_map(|it| &it.recipients).collect();
    assert_eq!(arrived, recipients().iter().collect());
    assert_eq!(deliveries.len(), 10);
    let seen = crowd.seen();
    assert!(seen.crowded && seen.connections == CONNECTIONS, "{seen:?}");
    ended.stdout
}
