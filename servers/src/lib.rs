//! SMTP servers on loopback for tests.
