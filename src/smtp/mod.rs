//! The SMTP client protocol (RFC 5321), and LMTP (RFC 2033), without I/O.
//!
//! [`session`] is the state machine: octets go in, the next action and results come out. [`sending`] uses it for
//! several messages, and it uses the rest.
//!
//! ```text
//!  sending                several messages over one session, and what leaves with the end of a message
//!   |   job               one message in one or more transactions;  outgoing_message: the message
//!   |
//!  session                the state machine, in one file for each stage:
//!   |   state             the states;  transitions: the table of what each reply leads to
//!   |   pipeline          pipelining (RFC 2920): commands, pending replies, what may follow what
//!   |   opening           greeting, EHLO, STARTTLS
//!   |   authentication    AUTH (RFC 4954); auth_group: AUTH pipelined with the envelope
//!   |   delivery          the envelope of one transaction; envelope_commands: MAIL and RCPT
//!   |   acceptance        the content, its end, and the reply to it;  transaction: what the replies say
//!   |   recipient_split   recipients beyond the server's limit, for another transaction
//!   |   manual_commands   single commands of a caller: MAIL, RCPT, DATA, RSET, NOOP, VRFY
//!   |   outgoing          the octets to write, with the end of the message marked;  command: lines
//!   |   config            the configuration of the server and of the session
//!   |
//!   +-- output
//!   |   envelope            reverse-path and forward-paths;  mailbox, domain, idn: their addresses
//!   |   parameters          parameters of MAIL and RCPT: SIZE, BODY, SMTPUTF8, DSN and others;  xtext
//!   |   body                DATA or BDAT (RFC 3030)
//!   |   dot_stuffing        dot-stuffing, line ends;  content_scan, header_scan: what needs an extension
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

mod acceptance;
mod auth_group;
mod authentication;
mod body;
mod command;
pub mod config;
mod content_policy;
pub mod content_scan;
mod decimal;
pub mod delivery;
pub(crate) mod domain;
pub mod dot_stuffing;
pub mod envelope;
mod envelope_commands;
pub mod error;
pub(crate) mod excerpt;
pub mod explain;
pub mod extensions;
mod header_scan;
pub mod idn;
pub mod job;
pub mod limits;
pub mod local_name;
pub mod mailbox;
mod manual_commands;
mod opening;
pub mod outgoing;
pub mod outgoing_message;
pub mod parameters;
mod pipeline;
pub mod receipt;
pub mod recipient_split;
pub mod reply;
pub mod sending;
pub mod server_memory;
pub mod session;
mod state;
mod transaction;
pub mod transcript;
pub mod transfer_encoding;
pub mod transitions;
mod xtext;
