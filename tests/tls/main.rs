//! TLS against other implementations: rustls over ring in memory; in `interop`, server programs.

mod certificates;
mod chains;
mod channel_binding;
mod garbage;
mod groups;
mod handshakes;
mod identities;
mod interop;
mod limits;
mod names_and_dates;
mod openssl;
mod peer;
mod randomness;
mod resumption;
mod streams;
mod trusted_certificate;
