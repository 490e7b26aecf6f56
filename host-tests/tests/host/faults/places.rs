//! The places of faults in each scenario, and which of them are tried.

use fastrand::Rng;
use host_tests::{Grants, Host, Phase};
use servers::hunt;
use servers::scripted::{Fault, Place, Server, last_reply};

use super::case::Case;
use super::scenario::{Scenario, Session};

/// The scenarios of which the short form tries all cases.
const WHOLE: [&str; 2] = ["data", "lmtp-data"];

/// How many cases the short form tries of the other scenarios, without TLS and in TLS.
const SAMPLES: [usize; 2] = [1500, 1200];

/// Octets of the client before which the server stops reading.
const FEW: usize = 1000;

pub(crate) fn cases(scenarios: &'static [Scenario], host: &'static Host) -> Vec<Case> {
    let all = scenarios
        .iter()
        .flat_map(|scenario| of_scenario(scenario, host));
    if let Some(start) = hunt::case() {
        let is_wanted = |case: &Case| case.to_string().starts_with(&start);
        return all.filter(is_wanted).collect();
    }
    if hunt::is_long() {
        return all.collect();
    }
    let (whole, others): (Vec<_>, Vec<_>) =
        all.partition(|case| WHOLE.contains(&case.scenario.name));
    let (secure, plain): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|case| case.scenario.is_secure());
    let [of_plain, of_secure] = SAMPLES;
    [whole, sample(plain, of_plain), sample(secure, of_secure)].concat()
}

/// Some of the cases, in another order.
fn sample(mut cases: Vec<Case>, size: usize) -> Vec<Case> {
    Rng::with_seed(hunt::seed()).shuffle(&mut cases);
    cases.truncate(size);
    cases
}

/// The octets of the good session on the network.
struct OnWire {
    before_tls: usize,
    written: usize,
    read: usize,
}

fn of_scenario(scenario: &'static Scenario, host: &'static Host) -> Vec<Case> {
    let session = scenario.session().1;
    let on_wire = record(scenario, host);
    let is_new = |octets: &usize| *octets >= start(scenario, &session);
    let mut places = Vec::new();
    places.extend((0..session.said.len()).filter(is_new).map(Place::Before));
    places.extend(
        session
            .flights
            .iter()
            .copied()
            .filter(is_new)
            .map(Place::After),
    );
    if scenario.is_secure() {
        places.extend((on_wire.before_tls..on_wire.written).map(Place::OnWire));
    } else {
        // Of a large message, a part.
        let step = 1 + on_wire.read / FEW;
        places.extend((0..on_wire.read).step_by(step).map(Place::Read));
    }
    let case = |place| {
        move |fault| Case {
            scenario,
            fault,
            place,
        }
    };
    let cases = places
        .into_iter()
        .flat_map(|place| Fault::ALL.map(case(place)));
    cases
        .filter(|case| makes_sense(case, &session.said))
        .collect()
}

/// A session with two chunks begins as one with one chunk does.
fn start(scenario: &Scenario, session: &Session) -> usize {
    let mut replies = session.replies.iter();
    let chunk = replies.find(|reply| reply.phase == Phase::Content);
    match chunk {
        Some(chunk) if !scenario.is_secure() => chunk.octets.start,
        _ => 0,
    }
}

fn makes_sense(case: &Case, said: &[u8]) -> bool {
    let has_reply = |octets: usize| !last_reply(&said[..octets]).is_empty();
    match (case.place, case.fault) {
        (Place::Read(_), fault) => fault == Fault::StopReading,
        (_, Fault::StopReading) => false,
        (Place::Before(octets) | Place::After(octets), Fault::Repeat) => has_reply(octets),
        // Nothing has gone over the network yet.
        (Place::OnWire(octets), Fault::Repeat) => octets > 0,
        _ => true,
    }
}

/// Runs the good session without a fault.
fn record(scenario: &'static Scenario, host: &'static Host) -> OnWire {
    let server = Server::start([scenario.session().0]);
    let instance = host.instance(Grants::all());
    let mailer = scenario.mailer(&instance, server.port());
    for message in scenario.of_first_connection() {
        mailer.send(&scenario.envelope(), message).unwrap();
    }
    drop(mailer);
    let heard = server.finish();
    let session = heard.only();
    OnWire {
        before_tls: session.octets_before_tls,
        written: session.octets_written,
        read: session.octets_read,
    }
}
