//! Hosts that run out of memory, of handles and of sockets.

use std::fs::File;
use std::panic::{self, AssertUnwindSafe};

use host_tests::{Error, Grants, Host, Instance, Mailer, Receipt, Security};
use servers::authority::Authority;
use servers::report;
use servers::scripted::Server;
use servers::sink::{Account, Sink};

use crate::process;
use crate::support::*;

/// The result, or `None` after a trap, which ends the instance.
fn survived<T>(call: impl FnOnce() -> T) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(call)).ok()
}

fn fresh() -> Instance {
    Host::shared().instance(Grants::all())
}

/// A server without TLS, and one with.
struct Servers {
    open: Sink,
    secure: Sink,
    authority: Authority,
}

impl Servers {
    fn start() -> Servers {
        let authority = Authority::new();
        let account = Account {
            username: "ada".into(),
            password: "sesame".into(),
        };
        let identity = authority.issue(&["localhost"]);
        Servers {
            open: Sink::open(|_| ()),
            secure: Sink::start(&identity, vec![account], |_| ()),
            authority,
        }
    }

    fn mailer<'a>(&self, instance: &'a Instance, tls: bool) -> Mailer<'a> {
        let mailer = instance.mailer("localhost");
        if tls {
            mailer.set_port(self.secure.port());
            mailer.set_password("ada", "sesame");
            mailer.add_trust_anchors(self.authority.der()).unwrap();
        } else {
            mailer.set_port(self.open.port());
            mailer.set_security(Security::Plaintext);
        }
        mailer
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Sent,
    Error,
    Trap,
}

impl End {
    fn of(result: &Option<Result<Receipt, Error>>) -> End {
        match result {
            None => End::Trap,
            Some(Ok(_)) => End::Sent,
            Some(Err(_)) => End::Error,
        }
    }
}

/// Ends in a row, such as "2 × trap, then sent".
fn told(ends: &[End]) -> String {
    let groups = ends.chunk_by(|one, other| one == other);
    let told: Vec<_> = groups
        .map(|group| format!("{} × {:?}", group.len(), group[0]))
        .collect();
    told.join(", then ")
}

/// The ends of a message of so many octets if the memory may grow once, twice and so on, until it is sent.
fn ends_of_growths(servers: &Servers, tls: bool, octets: usize) -> Vec<End> {
    const LINE: &[u8] = b"Lorem ipsum dolor sit amet, consectetur adipisci\r\n";
    let body = LINE.repeat(octets / LINE.len());
    let message = [b"Subject: hello\r\n\r\n", body.as_slice()].concat();
    let mut ends = Vec::new();
    while ends.last() != Some(&End::Sent) {
        let instance = fresh();
        let mailer = servers.mailer(&instance, tls);
        instance.grant_growths(Some(ends.len()));
        let result = survived(|| mailer.send(&to_b(), &message));
        ends.push(End::of(&result));
        if result.is_none() {
            // The instance has ended, and the next one does not know of it.
            std::mem::forget(mailer);
            continue;
        }
        instance.grant_growths(None);
        let next = mailer.send(&to_b(), &message);
        assert!(next.is_ok(), "there is memory again: {next:?}");
    }
    ends
}

/// Rust's allocator has no other answer than a trap for most of what it is asked for, and the canonical ABI none
/// for the octets of an argument. So what counts is that a short message needs no growth at all, that a long one
/// needs few, and that other instances go on.
#[test]
fn memory_that_may_not_grow_ends_one_instance_and_no_other() {
    let servers = Servers::start();
    let mut told_of_all = Vec::new();
    for tls in [false, true] {
        for (octets, traps) in [(1_000, 0), (100_000, 4), (10_000_000, 5)] {
            let ends = ends_of_growths(&servers, tls, octets);
            let trapped = ends.iter().filter(|end| **end == End::Trap).count();
            assert!(
                trapped <= traps,
                "TLS {tls}, {octets} octets: {}",
                told(&ends)
            );
            told_of_all.push(format!("TLS {tls}, {octets} octets: {}", told(&ends)));
        }
    }
    let what = "a host that lets memory grow no more than n times, for each n";
    report::measured(what, &told_of_all.join("; "));
}

/// wasmtime traps itself if its table of resources is full: no call says so to the component.
#[test]
fn a_message_needs_few_handles() {
    const ENOUGH: usize = 12;
    let servers = Servers::start();
    let mut needed = Vec::new();
    for tls in [false, true] {
        let is_enough = |limit: &usize| {
            let instance = fresh();
            let mailer = servers.mailer(&instance, tls);
            instance.limit_handles(*limit);
            let result = survived(|| mailer.send(&to_b(), MESSAGE));
            if result.is_none() {
                std::mem::forget(mailer);
            }
            End::of(&result) == End::Sent
        };
        needed.push((1..ENOUGH).find(is_enough).expect("it needs few"));
    }
    let [plain, tls] = needed[..] else {
        unreachable!()
    };
    let figures = format!("{plain} without TLS, {tls} with it; with fewer, the host traps");
    report::measured("handles of the host that a message needs", &figures);
}

#[test]
fn a_process_that_may_open_no_more_files_gives_an_error() {
    process::in_own_process(
        "exhaustion::a_process_that_may_open_no_more_files_gives_an_error",
        "256",
        no_more_files,
    );
}

fn no_more_files() {
    let instance = fresh();
    let first = Server::start([delivery().followed_by(quit())]);
    let mailer = plain(&instance, &first);
    expect_delivery(&mailer);
    mailer.close();
    // All of its files are closed.
    first.finish();
    let second = Server::start([delivery()]);
    mailer.set_port(second.port());
    let all: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    for _ in 0..3 {
        let result = mailer.send(&to_b(), MESSAGE);
        assert!(matches!(result, Err(Error::ConnectFailed(_))), "{result:?}");
    }
    drop(all);
    expect_delivery(&mailer);
    second.finish();
    let figures = "an error, and then a delivery";
    report::measured("a host that may open no more files", figures);
}
