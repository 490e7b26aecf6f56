//! An error of the machine's, not of the project's: a tool that it cannot have.
//!
//! Someone who asks for an example is told; a test run reports what it left out, and goes on.

use std::{error::Error, fmt};

/// Which tool, and why not.
#[derive(Debug)]
pub struct Unavailable(pub String);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this machine cannot have its tools: {}", self.0)
    }
}

impl Error for Unavailable {}
