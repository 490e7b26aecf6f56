//! Round trips: the time of a message over a slow line, divided by the line's round-trip time.

use std::path::Path;
use std::time::Duration;

use servers::real::{Kind, RealServer};
use wasmtime::{Result, bail};

use crate::by_turns;
use crate::clients::{self, Client};
use crate::component::{self, Compiled, Host};
use crate::delay::DelayProxy;
use crate::plot;
use crate::task::{Security, Task, authority};
use crate::turns::{self, Shown, Turn};
use bench::host::Threads;
use bench::page::{Page, table};
use bench::stats::Runs;

/// In each direction.
const DELAY: Duration = Duration::from_millis(25);
const RUNS: usize = 5;
/// Messages over one connection: the first one, and further ones.
const MESSAGES: usize = 3;
/// With more recipients, a client that waits for each reply takes seconds.
const FEW: usize = 10;

/// A row of the tables.
struct Case {
    kind: Kind,
    security: Security,
    mechanism: &'static str,
    recipients: usize,
}

/// Exim's configuration accepts five recipients in a transaction, for tests of LIMITS, so Postfix gets
/// the fifty.
const CASES: &[Case] = &[
    case(Kind::Postfix, Security::StartTls, "PLAIN", 3),
    case(Kind::Postfix, Security::ImplicitTls, "PLAIN", 3),
    case(Kind::Postfix, Security::StartTls, "PLAIN", 1),
    case(Kind::Postfix, Security::StartTls, "PLAIN", 50),
    case(Kind::Postfix, Security::ImplicitTls, "PLAIN", 50),
    case(Kind::Postfix, Security::StartTls, "SCRAM-SHA-256", 3),
    case(Kind::PostfixDovecot, Security::StartTls, "XOAUTH2", 3),
    case(Kind::Exim, Security::StartTls, "PLAIN", 3),
    case(Kind::Exim, Security::ImplicitTls, "PLAIN", 3),
    case(Kind::Exim, Security::StartTls, "SCRAM-SHA-256", 3),
];

const fn case(kind: Kind, security: Security, mechanism: &'static str, recipients: usize) -> Case {
    Case {
        kind,
        security,
        mechanism,
        recipients,
    }
}

/// The results of one client, in round trips.
struct Taken {
    first: Runs,
    next: Runs,
    /// The turns of each first message.
    turns: Vec<Vec<Turn>>,
}

/// The results of one run.
struct Run {
    first: f64,
    next: Vec<f64>,
    turns: Vec<Turn>,
}

/// The first clients, which are this project's and send each message in a call of its own.
const EXPLAINED: usize = 3;

pub(crate) fn measure(page: &Page, compiled: &Compiled, machine: &str) -> Result<()> {
    let portable = &compiled.portable;
    let mut clients = Vec::from(clients::one_by_one(compiled));
    clients.push(clients::own("envoi, next at hand", "at-hand", portable));
    clients.extend(clients::peers(&compiled.folder));
    let (authority, root) = authority(portable)?;
    let identity = authority.issue(&["localhost", "127.0.0.1"]);
    let mut tables = Tables::new(&clients);
    for kind in [Kind::Postfix, Kind::PostfixDovecot, Kind::Exim] {
        let server = RealServer::start_if_available(kind, &identity);
        for case in CASES.iter().filter(|case| case.kind == kind) {
            let taken: Vec<Result<Taken, String>> = match &server {
                Err(why) => clients.iter().map(|_| Err(why.to_string())).collect(),
                Ok(server) => run(case, &clients, server, &root)?,
            };
            tables.add(case, &clients, &taken);
        }
    }
    tables.write(page, machine)
}

/// The rows, bars and explanations of all cases.
struct Tables {
    first: Vec<Vec<String>>,
    next: Vec<Vec<String>>,
    bars: Vec<plot::Bar>,
    turns: String,
}

impl Tables {
    fn new(clients: &[Client]) -> Tables {
        Tables {
            first: head(clients),
            next: head(clients),
            bars: Vec::new(),
            turns: String::new(),
        }
    }

    fn add(&mut self, case: &Case, clients: &[Client], taken: &[Result<Taken, String>]) {
        let row = |cell: &dyn Fn(&Taken) -> String| {
            let cells = taken.iter().map(|taken| match taken {
                Ok(taken) => cell(taken),
                Err(why) => why.clone(),
            });
            [case.name()].into_iter().chain(cells).collect::<Vec<_>>()
        };
        self.first.push(row(&|taken| taken.first.show(2)));
        self.next.push(row(&|taken| taken.next.show(2)));
        if self.bars.is_empty() {
            self.bars = bars_of(clients, taken);
        }
        if case.kind == Kind::Postfix && case.recipients == 3 && case.mechanism == "PLAIN" {
            self.turns += &case.explained(clients, taken);
        }
    }

    fn write(&self, page: &Page, machine: &str) -> Result<()> {
        let plot = plot::bars(
            "round trips: STARTTLS, PLAIN, three recipients, Postfix",
            &self.bars,
        );
        let plot = page.draw("rounds.svg", "round trips of each client", &plot)?;
        let turns = &self.turns;
        let text = format!(
            "The first message over a new connection, from accept to receipt:\n\n{}\n\
             Each further message over the same connection, if the client keeps one, from receipt to receipt:\n\n{}\n\
             {plot}\n{turns}{machine}; {}. Medians and ranges of {RUNS} runs, of 3 for fifty recipients; {} ms each way.\n",
            table(&self.first),
            table(&self.next),
            clients::versions(),
            DELAY.as_millis(),
        );
        page.write("rounds", &text)
    }
}

/// Prints each case's conversation with the time since its first line.
pub(crate) fn explain(compiled: &Path) -> Result<()> {
    let (authority, root) = authority(compiled)?;
    let identity = authority.issue(&["localhost", "127.0.0.1"]);
    let host = Host::load(compiled, Threads::One)?;
    for kind in [Kind::Postfix, Kind::PostfixDovecot, Kind::Exim] {
        let server = RealServer::start_if_available(kind, &identity)?;
        for case in CASES.iter().filter(|case| case.kind == kind) {
            println!("\n{}", case.name());
            let proxy = DelayProxy::start(case.port(&server), DELAY)?;
            let task = Task {
                count: 2,
                ..case.task(proxy.port, &root)
            };
            component::explain(&host, &task)?;
        }
    }
    Ok(())
}

fn head(clients: &[Client]) -> Vec<Vec<String>> {
    let names = clients.iter().map(|client| client.name.to_string());
    vec![[String::new()].into_iter().chain(names).collect()]
}

fn bars_of(clients: &[Client], taken: &[Result<Taken, String>]) -> Vec<plot::Bar> {
    let both = clients.iter().zip(taken);
    both.filter_map(|(client, taken)| {
        let taken = taken.as_ref().ok()?;
        Some(plot::Bar {
            name: client.name.into(),
            values: vec![
                ("first message".into(), taken.first.median()),
                ("each further one".into(), taken.next.median()),
            ],
        })
    })
    .collect()
}

impl Case {
    fn port(&self, server: &RealServer) -> u16 {
        match self.security {
            Security::ImplicitTls => server.tls_port,
            _ => server.port,
        }
    }

    fn task(&self, port: u16, root: &Path) -> Task {
        Task {
            port,
            security: self.security,
            mechanism: Some(self.mechanism.into()),
            recipients: self.recipients,
            size: 1000,
            count: if self.recipients > FEW { 2 } else { MESSAGES },
            connections: 1,
            root: root.display().to_string(),
        }
    }

    /// Where the time of the first message goes, as text.
    fn explained(&self, clients: &[Client], taken: &[Result<Taken, String>]) -> String {
        let explained = clients.iter().zip(taken).take(EXPLAINED);
        let shown: Vec<_> = explained
            .filter_map(|(client, taken)| {
                let taken = taken.as_ref().ok()?;
                Some(Shown {
                    name: client.name,
                    turns: &taken.turns,
                    first: &taken.first,
                })
            })
            .collect();
        format!(
            "Where the milliseconds of the first message go, {}: what the client takes before each \
             flight, and the server for its answer.\n\n{}\n",
            self.name(),
            turns::explain(self.security, 2e3 * DELAY.as_secs_f64(), &shown)
        )
    }

    fn name(&self) -> String {
        let security = match self.security {
            Security::StartTls => "STARTTLS",
            Security::ImplicitTls => "implicit TLS",
            Security::Plain => "plain",
        };
        let recipients = match self.recipients {
            1 => "1 recipient".into(),
            many => format!("{many} recipients"),
        };
        format!(
            "{}, {security}, {}, {recipients}",
            self.kind, self.mechanism
        )
    }
}

/// Runs the clients in turns.
fn run(
    case: &Case,
    clients: &[Client],
    server: &RealServer,
    root: &Path,
) -> Result<Vec<Result<Taken, String>>> {
    let proxy = DelayProxy::start(case.port(server), DELAY)?;
    let task = case.task(proxy.port, root);
    let runs = if case.recipients > FEW { 3 } else { RUNS };
    let taken = by_turns::run(&case.name(), clients, &task, runs, |client| {
        once(client, &task, &proxy)
    });
    let taken = taken.into_iter().map(|taken| taken.map(Taken::new));
    Ok(taken.collect())
}

impl Taken {
    fn new(runs: Vec<Run>) -> Taken {
        Taken {
            first: Runs::new(runs.iter().map(|run| run.first).collect()),
            next: Runs::new(runs.iter().flat_map(|run| run.next.clone()).collect()),
            turns: runs.into_iter().map(|run| run.turns).collect(),
        }
    }
}

/// The round trips and turns of the first message, and the round trips of each further one.
fn once(client: &Client, task: &Task, proxy: &DelayProxy) -> Result<Run> {
    proxy.take_connections();
    let measured = client.run(task)?;
    let connections = proxy.take_connections();
    let expected = if client.keeps_connection {
        1
    } else {
        task.count
    };
    let connection = match connections.first() {
        Some(connection) if connections.len() == expected => connection,
        _ => bail!("{} made {} connections", client.name, connections.len()),
    };
    let round_trip = 2.0 * DELAY.as_nanos() as f64;
    let trips = |from: u64, to: u64| to.saturating_sub(from) as f64 / round_trip;
    let Some(&first) = measured.receipts.first() else {
        bail!("{} measured nothing", client.name);
    };
    let next = measured.receipts.windows(2);
    let next = next.map(|pair| trips(pair[0], pair[1])).collect();
    Ok(Run {
        first: trips(connection.accepted, first),
        next,
        turns: turns::of(connection, task.security),
    })
}
