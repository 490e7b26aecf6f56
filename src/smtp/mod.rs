//! The SMTP client protocol (RFC 5321), and LMTP (RFC 2033), without I/O.
//!
//! [`session`] is the state machine: replies go in, commands and results come out. [`job`] uses it, and it
//! uses the rest.
//!
//! ```text
//!  job                    one message in one or more transactions, and the commands after its end
//!   |
//!  session                the state machine, in one file for each stage:
//!   |   opening             greeting, EHLO, STARTTLS
//!   |   authentication      AUTH (RFC 4954); auth_group: AUTH pipelined with the envelope
//!   |   delivery            one transaction: pipelined envelope, content, receipt; transaction: its state
//!   |   recipient_split     recipients beyond the server's limit, for another transaction
//!   |   steps               single commands of a caller: MAIL, RCPT, DATA, RSET, NOOP, VRFY
//!   |   outgoing            the bytes to write, with the end of the message marked
//!   |   line                command lines, and which may be pipelined (RFC 2920)
//!   |
//!   +-- output
//!   |   envelope            reverse-path and forward-paths;  mailbox, domain, idn: their addresses
//!   |   parameters          parameters of MAIL and RCPT: SIZE, BODY, SMTPUTF8, DSN and others;  xtext
//!   |   body                DATA or BDAT (RFC 3030)
//!   |   content             dot-stuffing, line ends;  header: its fields that are not ASCII
//!   |   content_policy      SIZE, 8BITMIME, SMTPUTF8: which content the server takes
//!   |   local_name          the client's name in EHLO
//!   |
//!   +-- input
//!   |   reply               replies, enhanced status codes, the reply parser and its limits
//!   |   extensions          the reply to EHLO;  decimal: its numbers
//!   |   limits              LIMITS (RFC 9422), and batches of recipients
//!   |   server_memory       facts learned of a server, for later connections
//!   |
//!   +-- results
//!       receipt             the result for each recipient
//!       error               the errors and their phases;  explain: try again? delivered?
//!       transcript          commands and replies for people;  excerpt: a printable beginning
//! ```

mod auth_group;
mod authentication;
mod body;
pub mod content;
mod content_policy;
mod decimal;
pub mod delivery;
pub(crate) mod domain;
pub mod envelope;
pub mod error;
mod excerpt;
pub mod explain;
pub mod extensions;
mod header;
pub mod idn;
pub mod job;
pub mod limits;
mod line;
pub mod local_name;
pub mod mailbox;
mod opening;
pub mod outgoing;
pub mod parameters;
pub mod receipt;
pub mod recipient_split;
pub mod reply;
pub mod server_memory;
pub mod session;
mod steps;
mod transaction;
pub mod transcript;
mod xtext;
