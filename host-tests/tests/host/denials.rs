//! Hosts whose functions fail, each with every error code, and hosts whose clocks are wrong.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use host_tests::{
    Clock, Code, Error, Faults, Function, Grants, Host, Instance, Mailer, Phase, Receipt, Security,
    Timeout, TlsFailure,
};
use servers::authority::{Authority, Identity};
use servers::ports::UnresponsivePort;
use servers::report;
use servers::scripted::{Script, Server};
use servers::sink::{Account, Sink};

use crate::support::*;
use crate::tls::{LOOPBACK, secured, starttls};

/// Of each wait. A host that says for ever that a call would block has to be given up.
const LIMIT: Duration = Duration::from_millis(100);

/// A call is back in this time, on a busy machine too.
const SOON: Duration = Duration::from_secs(20);

/// Threads, each with its instance.
const WORKERS: usize = 16;

/// More calls of one function than one message takes.
const MANY: usize = 200;

fn faulty() -> (Instance, Faults) {
    let faults = Faults::default();
    let mut instance = Host::shared().instance(Grants {
        faults: Some(faults.clone()),
        resolver: None,
        ..Grants::all()
    });
    instance.set_limit(SOON);
    (instance, faults)
}

/// Each function that can fail, at each of its calls, with each code: an error or a delivery, and the same
/// instance delivers the next message. Returns the number of calls that failed.
fn fail_each_call(connect: impl Fn(&Instance) -> Mailer<'_> + Sync) -> usize {
    let with_codes = |function: Function| {
        function
            .codes()
            .into_iter()
            .map(move |code| (function, code))
    };
    let cases: Vec<(Function, Code)> = Function::ALL.into_iter().flat_map(with_codes).collect();
    let left = Mutex::new(cases.into_iter());
    let work = || {
        let (instance, faults) = faulty();
        let mut failed = 0;
        loop {
            let case = left.lock().unwrap().next();
            let Some((function, code)) = case else {
                return failed;
            };
            let fails = |good: &usize| {
                let mailer = connect(&instance);
                fail_one_call(&instance, &mailer, &faults, (function, code, *good))
            };
            failed += (0..MANY).take_while(fails).count();
        }
    };
    // A host that says of a good connection that it is broken costs a second of waiting for a last reply.
    thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .sum()
    })
}

/// Returns whether a call failed: there may be fewer.
fn fail_one_call(
    instance: &Instance,
    mailer: &Mailer,
    faults: &Faults,
    (function, code, good): (Function, Code, usize),
) -> bool {
    let case = format!("{function:?} fails with {code} after {good} calls");
    impatient(mailer, code == "would-block");
    faults.begin(function, code, good);
    let result = mailer.send(&to_b(), MESSAGE);
    impatient(mailer, false);
    mailer.close();
    let has_failed = faults.end();
    assert!(has_failed || result.is_ok(), "{case}: {result:?}");
    check(function, code, good, &result, &case);
    if let Err(error) = &result {
        let sentence = instance.explain(error).sentence;
        assert!(
            !sentence.contains(['\r', '\n', '\0']),
            "{case}: {sentence:?}"
        );
    }
    let next = mailer.send(&to_b(), MESSAGE);
    assert!(next.is_ok(), "{case}, and then: {next:?}");
    has_failed
}

#[track_caller]
fn check(function: Function, code: Code, good: usize, result: &Result<Receipt, Error>, case: &str) {
    let is_denial = matches!(code, "access-denied" | "permanent-resolver-failure");
    let is_right = match (function, result) {
        (_, Ok(_)) => true,
        _ if is_lookup(function) && is_denial => *result == Err(Error::AccessDenied(Phase::Lookup)),
        (_, Err(error)) if is_lookup(function) => {
            matches!(error, Error::LookupFailed(_) | Error::Timeout(_))
        }
        _ if is_connect(function) && good == 0 && code == "access-denied" => {
            *result == Err(Error::AccessDenied(Phase::Connect))
        }
        (_, Err(error)) if is_connect(function) => matches!(error, Error::ConnectFailed(_)),
        // EHLO has no name then.
        (Function::LocalAddress, Err(error)) => matches!(error, Error::InvalidArgument(_)),
        (_, Err(error)) => matches!(
            error,
            Error::Disconnected(_) | Error::Timeout(_) | Error::ProtocolError(_)
        ),
    };
    assert!(is_right, "{case}: {result:?}");
}

#[cfg(not(feature = "p3"))]
fn is_lookup(function: Function) -> bool {
    matches!(function, Function::Lookup | Function::NextAddress)
}

#[cfg(not(feature = "p3"))]
fn is_connect(function: Function) -> bool {
    use Function::{CreateSocket, FinishConnect, StartConnect};
    matches!(function, CreateSocket | StartConnect | FinishConnect)
}

#[cfg(feature = "p3")]
fn is_lookup(function: Function) -> bool {
    function == Function::Lookup
}

#[cfg(feature = "p3")]
fn is_connect(function: Function) -> bool {
    matches!(function, Function::CreateSocket | Function::Connect)
}

fn impatient(mailer: &Mailer, is_impatient: bool) {
    let limit = is_impatient.then_some(LIMIT);
    mailer.set_timeout(Timeout::Connect, limit);
    mailer.set_timeout(Timeout::Block, limit);
}

#[test]
fn every_function_of_the_host_may_fail_at_every_call_with_every_code() {
    let began = Instant::now();
    let open = Sink::open(|_| ());
    let plain = fail_each_call(|instance| {
        let mailer = instance.mailer("localhost");
        mailer.set_port(open.port());
        mailer.set_security(Security::Plaintext);
        mailer
    });
    let authority = Authority::new();
    let account = Account {
        username: "ada".into(),
        password: "sesame".into(),
    };
    let secure = Sink::start(&authority.issue(&["localhost"]), vec![account], |_| ());
    let tls = fail_each_call(|instance| {
        let mailer = instance.mailer("localhost");
        mailer.set_port(secure.port());
        mailer.set_password("ada", "sesame");
        mailer.add_trust_anchors(authority.der()).unwrap();
        mailer
    });
    assert!(plain > Function::ALL.len() && tls >= plain, "{plain} {tls}");
    let seconds = began.elapsed().as_secs_f32();
    report::measured(
        "calls of a host that failed, each in a send of its own",
        &format!("{plain} without TLS, {tls} with it, no trap and no hang; {seconds:.1} s"),
    );
}

fn with_clock(clock: Clock) -> Instance {
    let mut instance = Host::shared().instance(Grants {
        clock: Some(clock),
        ..Grants::all()
    });
    instance.set_limit(SOON);
    instance
}

/// Clocks that are wrong, each with its name.
fn wrong_clocks() -> Vec<(&'static str, Clock)> {
    let clock = |now: fn(u64) -> u64| Clock {
        now: Arc::new(move |right| Some(now(right))),
        ..Clock::right()
    };
    let calls = AtomicU64::new(1 << 62);
    let backwards = Clock {
        now: Arc::new(move |_| Some(calls.fetch_sub(1_000_000_000, Ordering::Relaxed))),
        ..Clock::right()
    };
    vec![
        ("right", Clock::right()),
        ("stands still at 0", clock(|_| 0)),
        ("goes backwards", backwards),
        ("runs at half the speed", clock(|right| right / 2)),
    ]
}

#[test]
fn a_clock_that_is_wrong_does_not_keep_messages_from_leaving() {
    for (name, clock) in wrong_clocks() {
        let server = Server::start([delivery()]);
        let instance = with_clock(clock);
        let sent = plain(&instance, &server).send(&to_b(), MESSAGE);
        assert!(sent.is_ok(), "{name}: {sent:?}");
        server.finish();
    }
}

/// Timers of the host still end.
#[test]
fn with_a_clock_that_stands_still_waits_end() {
    let unanswered = UnresponsivePort::start();
    let silent = Server::start([Script::new().silence(), Script::new().silence()]);
    for port in [unanswered.port(), silent.port()] {
        let instance = with_clock(Clock {
            now: Arc::new(|_| Some(0)),
            ..Clock::right()
        });
        let mailer = instance.mailer("127.0.0.1");
        mailer.set_port(port);
        mailer.set_security(Security::Plaintext);
        mailer.set_timeout(Timeout::Connect, LIMIT);
        mailer.set_timeout(Timeout::Greeting, LIMIT);
        let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
        let is_expected = matches!(error, Error::ConnectFailed(_) | Error::Timeout(_));
        assert!(is_expected, "{error:?}");
    }
}

#[test]
fn timers_that_end_at_once_are_timeouts() {
    let server = Server::start([]);
    let instance = with_clock(Clock {
        timer: Arc::new(|_| 0),
        ..Clock::right()
    });
    let unanswered = UnresponsivePort::start();
    let mailer = plain(&instance, &server);
    mailer.set_port(unanswered.port());
    let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
    assert!(matches!(error, Error::ConnectFailed(_)), "{error:?}");
    drop(server);
}

#[test]
fn with_a_wrong_date_certificates_are_not_valid() {
    for (date, expected) in [
        ((0, 0), TlsFailure::CertificateNotYetValid),
        (
            (i64::from(u32::MAX) * 100, 999_999_999),
            TlsFailure::CertificateExpired,
        ),
    ] {
        let authority = Authority::new();
        let identity = authority.issue(LOOPBACK);
        let server = Server::start([secured(&identity).expect_close()]);
        let instance = with_clock(Clock {
            date: Some(date),
            ..Clock::right()
        });
        match starttls(&instance, &server, &authority).send(&to_b(), MESSAGE) {
            Err(Error::TlsFailed((failure, _))) => assert_eq!(failure, expected),
            other => panic!("{date:?}: {other:?}"),
        }
        drop(server);
    }
}

/// Not even seconds that no calendar has, and more nanoseconds than a second has, are a trap.
#[test]
fn with_an_impossible_date_there_is_an_error_and_no_trap() {
    for seconds in [i64::MIN, -1, 0, i64::from(u32::MAX) * 1000, i64::MAX] {
        for nanoseconds in [0, 999_999_999, 1_000_000_000, u32::MAX] {
            let authority = Authority::new();
            let identity = authority.issue(LOOPBACK);
            let server = Server::start([asked_and_closed(&identity), delivery()]);
            let instance = with_clock(Clock {
                date: Some((seconds, nanoseconds)),
                ..Clock::right()
            });
            let mailer = starttls(&instance, &server, &authority);
            let error = mailer.send(&to_b(), MESSAGE);
            assert!(error.is_err(), "{seconds} {nanoseconds}: {error:?}");
            let draft = instance.draft();
            let _ = draft.compose();
            expect_delivery(&plain(&instance, &server));
            drop(server);
        }
    }
}

fn asked_and_closed(identity: &Identity) -> Script {
    crate::tls::asked().start_tls(identity).expect_close()
}

/// A host without a clock traps, and no component can turn that into an error. It is left usable.
#[test]
fn the_trap_of_a_host_without_a_clock_ends_one_instance_alone() {
    let instance = with_clock(Clock {
        now: Arc::new(|_| None),
        ..Clock::right()
    });
    let mailer = instance.mailer("127.0.0.1");
    let sent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        mailer.send(&to_b(), MESSAGE)
    }));
    assert!(sent.is_err());
    std::mem::forget(mailer);
    let server = Server::start([delivery()]);
    expect_delivery(&plain(&crate::support::instance(), &server));
    server.finish();
}

#[test]
fn a_name_without_addresses_is_a_lookup_failure() {
    let instance = Host::shared().instance(Grants {
        resolver: Some(HashMap::from([("mail.test".into(), vec![])])),
        ..Grants::all()
    });
    let error = instance.mailer("mail.test").send(&to_b(), MESSAGE);
    assert!(matches!(error, Err(Error::LookupFailed(_))), "{error:?}");
}
