//! What a seed chooses before anything happens: the server, the network to it, and how often things go wrong.

use std::time::Duration;

use envoi::smtp::config::Protocol;

use super::world::World;

/// How often something goes wrong, each time that it can: in so many of a hundred cases.
#[derive(Clone, Copy)]
pub(crate) struct Chaos(f64);

impl Chaos {
    fn choose(world: &World, weather: Weather) -> Self {
        Self(match weather {
            Weather::Calm => 0.0,
            Weather::Any => world.pick(&[0.0, 0.3, 1.0, 2.0, 4.0, 12.0]),
        })
    }

    pub(crate) fn strikes(self, world: &World) -> bool {
        world.chance(self.0)
    }
}

/// What a seed is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Nothing goes wrong, and all has to succeed.
    Calm,
    Any,
}

impl Weather {
    pub(crate) fn choose(world: &World) -> Self {
        if world.chance(12.0) {
            Self::Calm
        } else {
            Self::Any
        }
    }
}

/// A server that loses commands behind the end of a message, although it offers PIPELINING.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BehindMessage {
    Kept,
    /// As chasquid and Courier do.
    Discarded,
    /// With 503, as Haraka does.
    Refused,
}

/// The server that each connection of a seed leads to.
#[derive(Debug)]
pub(crate) struct ServerPlan {
    pub protocol: Protocol,
    /// Without EHLO it knows no extension.
    pub knows_ehlo: bool,
    pub pipelining: bool,
    pub chunking: bool,
    pub auth: bool,
    pub smtputf8: bool,
    pub eight_bit: bool,
    pub size: Option<usize>,
    /// Recipients of a transaction, and whether LIMITS says so.
    pub recipients: Option<(usize, bool)>,
    pub domains: Option<usize>,
    /// Transactions of a session, as LIMITS says.
    pub transactions: Option<usize>,
    pub behind_message: BehindMessage,
    /// How long a connection may be idle.
    pub idle: Option<Duration>,
    /// Refuses in so many of a hundred cases.
    pub refusals: f64,
    /// Takes its time, in milliseconds, in most cases.
    pub pause: usize,
}

impl ServerPlan {
    pub(crate) fn choose(world: &World, weather: Weather) -> Self {
        let some = |percent| world.chance(percent);
        let is_calm = weather == Weather::Calm;
        let most = |percent, limit: usize| some(percent).then(|| world.between(1, limit));
        let knows_ehlo = !some(5.0);
        Self {
            protocol: if knows_ehlo && some(20.0) {
                Protocol::Lmtp
            } else {
                Protocol::Smtp
            },
            knows_ehlo,
            pipelining: knows_ehlo && some(75.0),
            chunking: knows_ehlo && some(50.0),
            auth: knows_ehlo && some(60.0),
            smtputf8: some(50.0),
            eight_bit: some(80.0),
            size: (!is_calm && some(30.0)).then(|| world.pick(&[400, 5_000, 10_000_000])),
            recipients: most(15.0, 4).map(|limit| (limit, knows_ehlo && some(60.0))),
            domains: most(8.0, 2).filter(|_| knows_ehlo),
            transactions: most(12.0, 4).filter(|_| knows_ehlo),
            behind_message: match world.below(12) {
                _ if is_calm => BehindMessage::Kept,
                0 => BehindMessage::Discarded,
                1 => BehindMessage::Refused,
                _ => BehindMessage::Kept,
            },
            idle: (!is_calm && some(20.0)).then(|| world.millis(60_000)),
            refusals: match weather {
                Weather::Calm => 0.0,
                Weather::Any => world.pick(&[0.0, 1.0, 3.0, 15.0]),
            },
            pause: world.pick(&[0, 0, 20, 400, 3_000]),
        }
    }
}

/// The network between the client and the server.
#[derive(Clone, Copy)]
pub(crate) struct NetworkPlan {
    /// Something happens to a connection at a step of the server.
    pub chaos: Chaos,
    /// Something happens before there is a connection.
    pub on_the_way: Chaos,
    /// One way, in milliseconds.
    pub latency: usize,
    /// What it takes at once, in octets.
    pub window: usize,
}

impl NetworkPlan {
    pub(crate) fn choose(world: &World, weather: Weather) -> Self {
        let windows = [
            1, 7, 100, 100, 1_500, 65_536, 65_536, 65_536, 65_536, 65_536,
        ];
        Self {
            chaos: Chaos::choose(world, weather),
            on_the_way: Chaos::choose(world, weather),
            latency: world.pick(&[0, 1, 30, 200]),
            window: world.pick(&windows),
        }
    }
}
