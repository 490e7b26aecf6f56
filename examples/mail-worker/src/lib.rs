//! Takes mail jobs from a queue and sends each through an instance of the handler of its own.
//!
//! ```text
//! submit  ->  stream MAIL, mail.jobs.SERVER  ->  work (any number of hosts)  ->  mail server
//!                          ^         |                  |           |
//!                          +- later -+------------------+           +->  ledger: who has it
//!                                                       +->  stream MAIL_DEAD: who never will
//! ```
//!
//! A job is done when each of its recipients is settled: accepted, or buried with the server's reply.
//! It is acknowledged only then, so that a host that dies at any moment leaves it to the others. What
//! an acknowledged job was told of its recipients is in the ledger before, which keeps the next host
//! from sending to them again; only a host that dies between the server's answer and that entry
//! makes a double, and both copies have the same Message-ID.

mod attempt;
pub mod dead;
pub mod handler;
pub mod job;
pub mod ledger;
pub mod metrics;
pub mod outcome;
pub mod pace;
pub mod queue;
pub mod relay;
pub mod retry;
pub mod status;
pub mod submit;
pub mod work;
