//! Takes mail jobs from a queue, and sends each through its own instance of the handler.
//!
//! ```text
//! submit  ->  stream MAIL, mail.jobs.SERVER  ->  work (any number of hosts)  ->  mail server
//!                          ^         |                  |           |
//!                          +- later -+------------------+           +->  ledger: settled recipients
//!                                                       +->  stream MAIL_DEAD: dead letters
//! ```
//!
//! A job is done when each of its recipients is settled: accepted, or in a dead letter with the server's reply.
//! Only then it is acknowledged, so a host that dies at any moment leaves it to the others. The results are in
//! the ledger before, so the next host does not send to these recipients again. Only if a host dies between the
//! server's answer and the entry in the ledger, a recipient gets a second copy, with the same Message-ID.

mod attempt;
pub mod dead;
pub mod delivery;
pub mod handler;
pub mod job;
pub mod ledger;
pub mod metrics;
pub mod oauth;
pub mod outcome;
pub mod pace;
pub mod queue;
pub mod relay;
pub mod retry;
pub mod status;
pub mod submit;
pub mod tokens;
pub mod work;
