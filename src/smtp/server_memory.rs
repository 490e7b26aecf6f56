//! Facts that sessions learn about a server, for later sessions.
//!
//! A mailer owns it and lends it to each of its connections. Clones share what they know.

use std::cell::RefCell;
use std::rc::Rc;

use crate::sasl::Mechanism;

/// The facts about one server.
#[derive(Clone, Debug, Default)]
pub struct ServerMemory(Rc<RefCell<Facts>>);

#[derive(Debug, Default)]
struct Facts {
    recipient_limit: Option<u32>,
    takes_many_recipients: bool,
    prefers_ipv6: Option<bool>,
    drops_after_message: bool,
    auth_alone: bool,
    mechanism: Option<Mechanism>,
}

impl ServerMemory {
    /// The recipients that the server took in one transaction before it refused others as too many.
    pub fn recipient_limit(&self) -> Option<u32> {
        self.0.borrow().recipient_limit
    }

    /// Call if the server's replies leave no doubt: a guess would split later messages for nothing.
    pub fn learn_recipient_limit(&self, limit: u32) {
        self.0.borrow_mut().recipient_limit = Some(limit);
    }

    /// Whether the server has taken more recipients in one transaction than every server has to.
    pub fn takes_many_recipients(&self) -> bool {
        self.0.borrow().takes_many_recipients
    }

    /// Call once the server has taken 101 recipients: it has to take only 100 (RFC 5321, section 4.5.3.1.8).
    pub fn learn_many_recipients(&self) {
        self.0.borrow_mut().takes_many_recipients = true;
    }

    /// Whether the last connection was over IPv6.
    pub fn prefers_ipv6(&self) -> Option<bool> {
        self.0.borrow().prefers_ipv6
    }

    /// Call for each connection that is made: the next one tries this family first (RFC 8305).
    pub fn learn_address_family(&self, is_ipv6: bool) {
        self.0.borrow_mut().prefers_ipv6 = Some(is_ipv6);
    }

    /// Whether the server has lost a command that left together with the end of a message, though it
    /// offers PIPELINING (RFC 2920).
    pub fn drops_after_message(&self) -> bool {
        self.0.borrow().drops_after_message
    }

    /// From now on, nothing leaves together with the end of a message.
    pub fn learn_drop_after_message(&self) {
        self.0.borrow_mut().drops_after_message = true;
    }

    /// Whether the server has lost an envelope that left together with AUTH, though it offers
    /// PIPELINING (RFC 4954, section 4).
    pub fn auth_alone(&self) -> bool {
        self.0.borrow().auth_alone
    }

    /// From now on, the envelope waits for the reply to AUTH.
    pub fn learn_auth_alone(&self) {
        self.0.borrow_mut().auth_alone = true;
    }

    /// The SASL mechanism that succeeded after the server had refused others in the same session. Trying the
    /// others first again costs a failed login in each session.
    pub fn mechanism(&self) -> Option<Mechanism> {
        self.0.borrow().mechanism
    }

    /// Call only if the server refused others before it, with the configured credentials.
    pub fn learn_mechanism(&self, mechanism: Mechanism) {
        self.0.borrow_mut().mechanism = Some(mechanism);
    }

    /// Call if the credentials or the choice of mechanisms change.
    pub fn forget_mechanism(&self) {
        self.0.borrow_mut().mechanism = None;
    }
}
