//! A link: one connection between the client and a server. It cuts what passes at any place, and delays it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use envoi::net::{Error, Read};

use super::plan::NetworkPlan;
use super::server::{Act, Segment, Server};
use super::world::World;

pub(crate) struct Link {
    world: Rc<World>,
    plan: NetworkPlan,
    server: Server,
    /// Octets that the client has written, and for which there is no room again.
    in_flight: usize,
    /// Those of them that the server has acknowledged.
    acknowledged: usize,
    /// Octets that have not arrived at the server.
    on_the_way: usize,
    /// When the last of what was written arrives at the server.
    at_server: Duration,
    /// When the server has time for its next act.
    free_from: Duration,
    /// When the last of what the server has said arrives at the client.
    at_client: Duration,
    inbox: VecDeque<(Duration, Inbound)>,
    waker: Option<Waker>,
    state: LinkState,
}

enum Inbound {
    Octets(Vec<u8>),
    End,
    Broken,
}

#[derive(PartialEq, Eq)]
enum LinkState {
    Whole,
    /// The client knows that the connection is broken.
    Broken,
    /// The client has gone, and what it wrote last is lost.
    Lost,
}

impl Link {
    pub(crate) fn new(
        world: &Rc<World>,
        plan: NetworkPlan,
        mut server: Server,
    ) -> Rc<RefCell<Self>> {
        let greeting = server.greet();
        let link = Rc::new(RefCell::new(Self {
            world: world.clone(),
            plan,
            server,
            in_flight: 0,
            acknowledged: 0,
            on_the_way: 0,
            at_server: Duration::ZERO,
            free_from: Duration::ZERO,
            at_client: Duration::ZERO,
            inbox: VecDeque::new(),
            waker: None,
            state: LinkState::Whole,
        }));
        Self::apply(&link, greeting);
        link
    }

    pub(crate) fn number(&self) -> u32 {
        self.server.number()
    }

    // --- the client's end ---------------------------------------------------------------------

    pub(crate) fn wake_later(&mut self, waker: &Waker) {
        self.waker = Some(waker.clone());
    }

    /// Whether `read` returns something.
    pub(crate) fn is_readable(&self) -> bool {
        let now = self.world.now();
        self.inbox
            .front()
            .is_some_and(|(arrives, _)| *arrives <= now)
    }

    /// What has arrived, or a part of it.
    pub(crate) fn read(&mut self) -> Read {
        let mut read = Vec::new();
        while self.is_readable() && (read.is_empty() || self.world.chance(50.0)) {
            match self.inbox.front_mut() {
                Some((_, Inbound::Octets(octets))) => {
                    let most = match self.world.below(3) {
                        0 => self.world.between(1, octets.len()),
                        _ => octets.len(),
                    };
                    read.extend(octets.drain(..most));
                    if octets.is_empty() {
                        self.inbox.pop_front();
                    }
                }
                Some((_, Inbound::End)) if read.is_empty() => return Read::End,
                Some((_, Inbound::Broken)) if read.is_empty() => return Read::Broken,
                _ => break,
            }
        }
        if read.is_empty() {
            return Read::Nothing;
        }
        self.say(|| format!("S: {}", read.escape_ascii()));
        Read::Bytes(read)
    }

    pub(crate) fn is_writable(&self) -> bool {
        self.state == LinkState::Broken || self.in_flight < self.plan.window
    }

    /// How much the next write may have: now and then less than there is room for.
    pub(crate) fn room(&self) -> Result<usize, Error> {
        if self.state == LinkState::Broken {
            return Err(Error::Disconnected);
        }
        let room = self.plan.window.saturating_sub(self.in_flight);
        Ok(match self.world.below(8) {
            0 => 0,
            1 if room > 0 => self.world.between(1, room),
            _ => room,
        })
    }

    pub(crate) fn write(link: &Rc<RefCell<Self>>, octets: &[u8]) -> Result<(), Error> {
        let mut this = link.borrow_mut();
        if this.state == LinkState::Broken {
            return Err(Error::Disconnected);
        }
        this.say(|| format!("C: {}", octets.escape_ascii()));
        let segment = Segment {
            octets: octets.to_vec(),
            step: this.world.step(),
            heard_all: this.inbox.is_empty() && this.on_the_way == 0,
        };
        this.in_flight += octets.len();
        this.on_the_way += octets.len();
        let (at, link) = (this.arrival_at_server(), link.clone());
        this.world.at(at, move || Self::deliver(&link, &segment));
        Ok(())
    }

    /// The client closes the connection. What is on its way arrives, or not.
    pub(crate) fn close(link: &Rc<RefCell<Self>>) {
        // It is borrowed if a test fails, and all is dropped.
        let Ok(mut this) = link.try_borrow_mut() else {
            return;
        };
        this.say(|| "the client closes".into());
        this.waker = None;
        if this.world.chance(20.0) {
            this.state = LinkState::Lost;
        }
        let (at, link) = (this.arrival_at_server(), link.clone());
        this.world.at(at, move || link.borrow_mut().server.leave());
    }

    fn arrival_at_server(&mut self) -> Duration {
        let at = self.world.now() + self.world.millis(self.plan.latency);
        self.at_server = at.max(self.at_server + Duration::from_nanos(1));
        self.at_server
    }

    // --- the server's end ---------------------------------------------------------------------

    fn deliver(link: &Rc<RefCell<Self>>, segment: &Segment) {
        let mut this = link.borrow_mut();
        let octets = segment.octets.len();
        this.on_the_way -= octets;
        let back = this.world.now() + this.world.millis(this.plan.latency);
        let shared = link.clone();
        if this.state == LinkState::Lost || this.server.is_stalled() {
            return;
        }
        if this.server.is_gone() {
            this.world.at(back, move || shared.borrow_mut().break_off());
            return;
        }
        let acts = this.server.receive(segment);
        this.world
            .at(back, move || shared.borrow_mut().acknowledge(octets));
        drop(this);
        Self::apply(link, acts);
    }

    /// Makes room again, but for half a window at least, as receivers do (RFC 1122, section 4.2.3.3). Else each small
    /// write makes room for another small one, and a large message ends as millions of writes of an octet.
    fn acknowledge(&mut self, octets: usize) {
        self.acknowledged += octets;
        if self.acknowledged == self.in_flight || self.acknowledged * 2 >= self.plan.window {
            self.in_flight -= std::mem::take(&mut self.acknowledged);
        }
        self.wake();
    }

    /// Lets the server's acts arrive at the client, one after the other.
    fn apply(link: &Rc<RefCell<Self>>, acts: Vec<Act>) {
        let mut this = link.borrow_mut();
        for act in acts {
            let free_from = this.free_from.max(this.world.now());
            this.free_from = free_from;
            match act {
                Act::Pause(time) => this.free_from += time,
                Act::Say(octets) => {
                    for piece in this.cut(octets) {
                        Self::send(&mut this, link, Inbound::Octets(piece));
                    }
                }
                Act::Close => Self::send(&mut this, link, Inbound::End),
                Act::Reset => {
                    if this.world.chance(50.0) {
                        this.inbox.clear();
                    }
                    Self::send(&mut this, link, Inbound::Broken);
                    let (at, shared) = (this.at_client, link.clone());
                    this.world.at(at, move || shared.borrow_mut().break_off());
                }
            }
        }
        if let Some((limit, since)) = this.server.idle_since() {
            let (at, shared) = (this.free_from.max(this.world.now()) + limit, link.clone());
            this.world.at(at, move || {
                let acts = shared.borrow_mut().server.time_out(since);
                Self::apply(&shared, acts);
            });
        }
    }

    fn send(this: &mut Self, link: &Rc<RefCell<Self>>, inbound: Inbound) {
        let at = this.free_from + this.world.millis(this.plan.latency);
        this.at_client = at.max(this.at_client + Duration::from_nanos(1));
        let (at, shared) = (this.at_client, link.clone());
        this.inbox.push_back((at, inbound));
        this.world.at(at, move || shared.borrow_mut().wake());
    }

    /// Cuts octets at chance.
    fn cut(&self, mut octets: Vec<u8>) -> Vec<Vec<u8>> {
        let mut pieces = Vec::new();
        while octets.len() > 1 && self.world.chance(30.0) {
            let rest = octets.split_off(self.world.between(1, octets.len() - 1));
            pieces.push(std::mem::replace(&mut octets, rest));
        }
        pieces.push(octets);
        pieces
    }

    fn break_off(&mut self) {
        if self.state == LinkState::Whole {
            self.state = LinkState::Broken;
            self.inbox.push_back((self.world.now(), Inbound::Broken));
        }
        self.wake();
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn say(&self, what: impl FnOnce() -> String) {
        self.world
            .trace(|| format!("{}  {}", self.number(), what()));
    }
}
