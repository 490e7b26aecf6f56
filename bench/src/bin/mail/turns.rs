//! Where a message's time goes, turn by turn: the time that the client takes before each flight, and the
//! server before its answer. The rest is the line's.

use bench::page::table;

use crate::delay::{Mark, ProxiedConnection};
use crate::task::Security;
use bench::stats::Runs;

/// In milliseconds.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub(crate) struct Turn {
    client: f64,
    server: f64,
}

/// The turns of the first message and their round trips, for a client that pipelines as envoi does.
const STARTTLS: &[(&str, f64)] = &[
    ("the server greets", 0.5),
    ("EHLO", 1.0),
    ("STARTTLS", 1.0),
    ("ClientHello", 1.0),
    ("Finished and EHLO", 1.0),
    ("AUTH, MAIL, RCPT, DATA", 1.0),
    ("the message", 1.0),
];
const IMPLICIT: &[(&str, f64)] = &[
    ("ClientHello", 1.0),
    ("Finished; the server greets", 1.0),
    ("EHLO", 1.0),
    ("AUTH, MAIL, RCPT, DATA", 1.0),
    ("the message", 1.0),
];

/// The turns of the first message.
pub(crate) fn of(connection: &ProxiedConnection, security: Security) -> Vec<Turn> {
    let (names, first) = match security {
        Security::StartTls => (STARTTLS, 0),
        _ => (IMPLICIT, 1),
    };
    let turns = all(connection);
    turns.into_iter().skip(first).take(names.len()).collect()
}

/// All turns. The first is the one before the client's first flight.
fn all(connection: &ProxiedConnection) -> Vec<Turn> {
    let milliseconds = |from: u64, to: u64| to.saturating_sub(from) as f64 / 1e6;
    let (mut heard, mut asked) = (connection.accepted, connection.accepted);
    let mut is_heard = true;
    let mut turns = vec![Turn::default()];
    for &(at, mark) in &connection.marks {
        match mark {
            Mark::FromClient if is_heard => {
                is_heard = false;
                turns.push(Turn {
                    client: milliseconds(heard, at),
                    server: 0.0,
                });
            }
            Mark::FromClient => {}
            Mark::ToServer => asked = at,
            Mark::FromServer => {
                if let Some(turn) = turns.last_mut() {
                    turn.server = milliseconds(asked, at);
                }
            }
            Mark::ToClient => {
                is_heard = true;
                heard = at;
            }
        }
    }
    turns
}

/// The runs of one client.
pub(crate) struct Shown<'a> {
    pub name: &'a str,
    pub turns: &'a [Vec<Turn>],
    /// From accept to receipt, in round trips.
    pub first: &'a Runs,
}

/// The median of each turn, and the rest, which is the line's.
pub(crate) fn explain(security: Security, round_trip: f64, clients: &[Shown]) -> String {
    let names = match security {
        Security::StartTls => STARTTLS,
        _ => IMPLICIT,
    };
    let mut rows = vec![vec!["turn".to_string(), "round trips".into()]];
    for client in clients {
        rows[0].extend([client.name.into(), "the server then".into()]);
    }
    let mut sums = vec![Turn::default(); clients.len()];
    for (i, (name, trips)) in names.iter().enumerate() {
        let mut row = vec![name.to_string(), trips.to_string()];
        for (client, sum) in clients.iter().zip(&mut sums) {
            let turn = median(client.turns, i);
            sum.client += turn.client;
            sum.server += turn.server;
            row.extend([format!("{:.1}", turn.client), format!("{:.1}", turn.server)]);
        }
        rows.push(row);
    }
    let trips: f64 = names.iter().map(|(_, trips)| trips).sum();
    let mut all = vec!["**all**".into(), trips.to_string()];
    let mut line = vec![
        "the line, and the proxy that makes it".into(),
        String::new(),
    ];
    for (client, sum) in clients.iter().zip(&sums) {
        all.extend([format!("{:.1}", sum.client), format!("{:.1}", sum.server)]);
        let rest = client.first.median() * round_trip - sum.client - sum.server;
        line.extend([format!("{rest:.1}"), String::new()]);
    }
    rows.extend([all, line]);
    table(&rows)
}

fn median(runs: &[Vec<Turn>], turn: usize) -> Turn {
    let of = |part: fn(&Turn) -> f64| {
        let values = runs.iter().filter_map(|run| run.get(turn)).map(part);
        Runs::new(values.collect()).median()
    };
    Turn {
        client: of(|turn| turn.client),
        server: of(|turn| turn.server),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_a_flight_of_the_clients_and_the_answer_to_it() {
        let ms = 1_000_000;
        let connection = ProxiedConnection {
            accepted: 0,
            marks: vec![
                (2 * ms, Mark::FromServer),
                (10 * ms, Mark::ToClient),
                (13 * ms, Mark::FromClient),
                (14 * ms, Mark::FromClient),
                (20 * ms, Mark::ToServer),
                (21 * ms, Mark::ToServer),
                (22 * ms, Mark::FromServer),
                (26 * ms, Mark::FromServer),
            ],
        };
        let turn = |client, server| Turn { client, server };
        assert_eq!(all(&connection), [turn(0.0, 2.0), turn(3.0, 5.0)]);
    }
}
