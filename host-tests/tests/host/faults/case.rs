//! One case: a good session, one fault in it, and a good message afterwards.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[cfg(feature = "p3")]
use host_tests::Pending;
use host_tests::{Error, Grants, Host, Instance, Mailer, Outcome, Phase, Receipt, Timeout};
use servers::scripted::{Begun, Fault, Place, Server, Transcript};

use super::expected::{Expected, Kind, expected, kind};
use super::gate::Gate;
use super::scenario::{CHUNK, Order, Scenario, Session, message};

#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) scenario: &'static Scenario,
    pub(crate) fault: Fault,
    pub(crate) place: Place,
}

/// What came of the message in which the fault fell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Came {
    Accepted,
    Failed(Kind, Phase),
    /// The session was over before the fault's place.
    NoFault,
}

/// Why a case is not as it should be.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// The machine may have been too slow for the timeouts.
    TimedOut(String),
    Otherwise(String),
}

/// The results of the messages, and how long each took.
type Results = Vec<(Result<Receipt, Error>, Duration)>;

/// The component's memory at most.
const MEMORY: usize = 16 << 20;

/// What a busy machine adds to a timeout.
const MARGIN: Duration = Duration::from_secs(5);

const EACH: [Timeout; 6] = [
    Timeout::Tls,
    Timeout::Greeting,
    Timeout::Command,
    Timeout::Data,
    Timeout::Block,
    Timeout::Acceptance,
];

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Case {
            scenario,
            fault,
            place,
        } = self;
        write!(f, "{}/{fault:?}/{place:?}", scenario.name)
    }
}

impl Case {
    /// Runs the case. Each wait of the client has this timeout.
    pub(crate) fn run(
        &self,
        host: &'static Host,
        gate: &Arc<Gate>,
        timeout: Duration,
    ) -> Result<Came, Wrong> {
        let permit = gate.enter();
        let (script, session) = self.scenario.session();
        let begun = permit.clone();
        let script = script.fail(self.fault, self.place, move || begun.leave());
        let scenario = self.scenario;
        let server = Server::start_with_further(script, || scenario.further());
        let instance = host.instance(Grants::all());
        let mailer = scenario.mailer(&instance, server.port());
        EACH.iter()
            .for_each(|each| mailer.set_timeout(*each, timeout));
        let results = self.send(&mailer);
        permit.leave();
        let _permit = gate.enter();
        let good = self.send_good(&instance, mailer, server.port(), &results);
        let heard = server.try_finish();
        let judge = Judge {
            case: self,
            instance: &instance,
            session: &session,
            results: &results,
            timeout,
        };
        let came = heard.and_then(|heard| judge.judge(&heard, good));
        came.map_err(|why| {
            let timed_out = |result: &Result<_, Error>| matches!(result, Err(Error::Timeout(_)));
            if results.iter().any(|(result, _)| timed_out(result)) {
                Wrong::TimedOut(why)
            } else {
                Wrong::Otherwise(why)
            }
        })
    }

    fn send(&self, mailer: &Mailer) -> Results {
        match self.scenario.order {
            Order::InTurn => self.send_in_turn(mailer),
            #[cfg(feature = "p3")]
            Order::AtOnce => self.send_at_once(mailer),
        }
    }

    fn send_in_turn(&self, mailer: &Mailer) -> Results {
        let send = |message: &Vec<u8>| {
            let began = Instant::now();
            let result = mailer.send(&self.scenario.envelope(), message);
            (result, began.elapsed())
        };
        self.scenario.messages.iter().map(send).collect()
    }

    #[cfg(feature = "p3")]
    fn send_at_once(&self, mailer: &Mailer) -> Results {
        let began = Instant::now();
        let begin = |message: &Vec<u8>| mailer.begin_send(&self.scenario.envelope(), message);
        let calls: Vec<_> = self.scenario.messages.iter().map(begin).collect();
        let end = |call: Pending<_>| (call.wait(), began.elapsed());
        calls.into_iter().map(end).collect()
    }

    /// The same mailer sends the next message, unless its connection is dead and does not show it.
    fn send_good(
        &self,
        instance: &Instance,
        mailer: Mailer,
        port: u16,
        results: &Results,
    ) -> Result<Receipt, Error> {
        EACH.iter().for_each(|each| mailer.set_timeout(*each, None));
        let is_kept = match self.scenario.order {
            Order::InTurn => results.last().is_some_and(|(result, _)| result.is_ok()),
            #[cfg(feature = "p3")]
            Order::AtOnce => results.iter().any(|(result, _)| result.is_ok()),
        };
        let mailer = if is_kept && !self.shows_on_idle_connection() {
            drop(mailer);
            self.scenario.mailer(instance, port)
        } else {
            mailer
        };
        mailer.send(&self.scenario.envelope(), &self.good_message())
    }

    fn good_message(&self) -> Vec<u8> {
        let length = self.scenario.messages[0].len();
        message(99, length - message(99, 0).len())
    }

    fn shows_on_idle_connection(&self) -> bool {
        matches!(
            self.fault,
            Fault::Close | Fault::Reset | Fault::HalfClose | Fault::Unavailable
        ) && !matches!(self.place, Place::OnWire(_))
    }
}

/// Compares what came with what may come.
struct Judge<'a> {
    case: &'a Case,
    instance: &'a Instance,
    session: &'a Session,
    results: &'a Results,
    timeout: Duration,
}

impl Judge<'_> {
    fn judge(&self, heard: &Transcript, good: Result<Receipt, Error>) -> Result<Came, String> {
        self.accepted_by_all("the good message", &good)?;
        let arrived = self.arrived(heard, &self.case.good_message());
        ensure(arrived == 1, || {
            format!("the good message arrived {arrived} times")
        })?;
        let memory = self.instance.memory();
        ensure(memory < MEMORY, || format!("{memory} octets of memory"))?;
        for (number, (result, took)) in self.results.iter().enumerate() {
            let limit = self.timeout * 2 + MARGIN;
            ensure(*took < limit, || format!("message {number} took {took:?}"))?;
            self.agrees_with_server(number, result, heard)?;
        }
        let begun = heard.sessions.first().and_then(|session| session.fault);
        let failed = match self.case.scenario.order {
            Order::InTurn => self.in_turn(begun)?,
            #[cfg(feature = "p3")]
            Order::AtOnce => self.at_once(begun)?,
        };
        Ok(match (begun, failed) {
            (None, _) => Came::NoFault,
            (_, None) => Came::Accepted,
            (_, Some(error)) => {
                let (kind, phase, _) = kind(error);
                Came::Failed(kind, phase)
            }
        })
    }

    /// The first error of messages over one connection: only that in which the fault falls fails, or the next.
    fn in_turn(&self, begun: Option<Begun>) -> Result<Option<&Error>, String> {
        let place = (self.case.fault, self.case.place);
        let (at, expected) = match begun {
            Some(begun) => expected(self.session, place, begun, self.timeout),
            None => (usize::MAX, Expected::default()),
        };
        let mut failed = None;
        for (number, (result, _)) in self.results.iter().enumerate() {
            let may_spill = number > at && expected.may_spill && failed.is_none();
            match result {
                result if number == at => self.is_expected(number, result, &expected)?,
                Err(_) if may_spill => {}
                result => self.accepted_by_all(&format!("message {number}"), result)?,
            }
            failed = failed.or(result.as_ref().err());
        }
        Ok(failed)
    }

    /// The first error of messages over a pool: one message at most fails, unless the fault comes before the pool
    /// knows what the server offers. All that wait for that are told the same then.
    #[cfg(feature = "p3")]
    fn at_once(&self, begun: Option<Begun>) -> Result<Option<&Error>, String> {
        let errors = self
            .results
            .iter()
            .filter_map(|(result, _)| result.as_ref().err());
        let failed: Vec<&Error> = errors.collect();
        let opening = self.session.replies.iter();
        let opening = opening.filter(|reply| matches!(reply.phase, Phase::Greeting | Phase::Hello));
        let known = opening.map(|reply| reply.octets.end).max().unwrap_or(0);
        let most = match begun {
            None => 0,
            Some(begun) if begun.said < known => self.results.len(),
            Some(_) => 1,
        };
        let count = failed.len();
        ensure(count <= most, || {
            format!("{count} messages failed: {failed:?}")
        })?;
        Ok(failed.first().copied())
    }

    fn accepted_by_all(&self, what: &str, result: &Result<Receipt, Error>) -> Result<(), String> {
        let recipients = self.case.scenario.recipients.len();
        let all = matches!(result, Ok(receipt) if receipt.accepted.len() == recipients);
        ensure(all, || format!("{what} is not accepted: {result:?}"))
    }

    /// The message in which the fault falls.
    fn is_expected(
        &self,
        number: usize,
        result: &Result<Receipt, Error>,
        expected: &Expected,
    ) -> Result<(), String> {
        let recipients = self.case.scenario.recipients.len();
        let is_retried = |(kind, phase): &(Kind, Phase)| {
            matches!(kind, Kind::Disconnected | Kind::Rejected)
                && match phase {
                    Phase::Mail | Phase::Other => number > 0,
                    // Others of the message's recipients may have been too many.
                    Phase::Rcpt | Phase::Data => number > 0 || recipients > 1,
                    _ => false,
                }
        };
        let is_right = match result {
            Ok(receipt) => {
                let accepted = receipt.accepted.len();
                expected.accepted.contains(&accepted)
                    || accepted == recipients && expected.errors.iter().any(is_retried)
            }
            Err(error) => {
                let (kind, phase, limit) = kind(error);
                let must_be_retried = number > 0 && is_retried(&(kind, phase));
                expected.errors.contains(&(kind, phase))
                    && limit.is_none_or(|limit| limits(phase).contains(&limit))
                    && !must_be_retried
            }
        };
        ensure(is_right, || {
            format!("message {number}: {result:?}, not one of {expected:?}")
        })
    }

    /// Nothing is reported sent that did not arrive, or unsent that did; nothing arrives twice.
    fn agrees_with_server(
        &self,
        number: usize,
        result: &Result<Receipt, Error>,
        heard: &Transcript,
    ) -> Result<(), String> {
        let arrived = self.arrived(heard, &self.case.scenario.messages[number]);
        let agrees = match result {
            // The client cannot tell that nobody has asked for these.
            Ok(_) if self.case.fault == Fault::EndlessReplies => arrived <= 1,
            Ok(_) => arrived == 1,
            Err(error) => match self.instance.explain(error).outcome {
                Outcome::NotSent => arrived == 0 || matches!(error, Error::Rejected(_)),
                Outcome::MayHaveBeenDelivered => arrived <= 1,
            },
        };
        ensure(agrees, || {
            format!("message {number} arrived {arrived} times: {result:?}")
        })
    }

    /// How often all of a message arrived.
    fn arrived(&self, heard: &Transcript, message: &[u8]) -> usize {
        let is_chunked = self.case.scenario.keywords.contains(&"CHUNKING");
        let pieces: Vec<Vec<u8>> = if is_chunked {
            message.chunks(CHUNK).map(<[u8]>::to_vec).collect()
        } else {
            vec![[message, b".\r\n"].concat()]
        };
        let sessions = heard.sessions.iter();
        let windows = sessions.flat_map(|session| session.contents.windows(pieces.len()));
        windows.filter(|window| *window == pieces).count()
    }
}

/// The timeouts that waits in a phase have.
fn limits(phase: Phase) -> &'static [Timeout] {
    match phase {
        Phase::Tls => &[Timeout::Tls],
        Phase::Greeting => &[Timeout::Greeting],
        Phase::Data => &[Timeout::Data],
        Phase::Content => &[Timeout::Block, Timeout::Command],
        Phase::Acceptance => &[Timeout::Acceptance, Timeout::Block],
        _ => &[Timeout::Command],
    }
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
