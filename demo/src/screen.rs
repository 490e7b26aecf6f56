//! The output of demonstrations on a terminal.

use std::env;
use std::io::{self, IsTerminal};
use std::time::Duration;

use servers::scripted::Speaker;
use servers::sink::ObservedLine;

/// Standard output.
#[derive(Clone, Copy)]
pub struct Screen {
    colours: bool,
}

/// SGR parameters (ECMA-48, section 8.3.117).
#[derive(Clone, Copy)]
enum Colour {
    Bold = 1,
    Faint = 2,
    Green = 32,
    Cyan = 36,
}

impl Default for Screen {
    fn default() -> Screen {
        Screen::new()
    }
}

impl Screen {
    /// Uses colours on terminals, unless NO_COLOR is set (no-color.org).
    pub fn new() -> Screen {
        let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Screen {
            colours: io::stdout().is_terminal() && !unwanted,
        }
    }

    pub fn title(self, text: &str) {
        println!("\n{}", self.paint(Colour::Bold, text));
    }

    pub fn item(self, name: &str, text: &str) {
        println!("  {name:<15}{}", harmless(text));
    }

    /// Prints a line of a conversation, with the time since its start. A mark shows that it is inside TLS.
    pub fn line(self, line: &ObservedLine, since_start: Duration) {
        let milliseconds = format!("{:8.1} ms", since_start.as_secs_f64() * 1000.0);
        let milliseconds = self.paint(Colour::Faint, &milliseconds);
        let tls = if line.tls {
            self.paint(Colour::Green, "TLS")
        } else {
            "   ".into()
        };
        let (who, colour) = match line.from {
            Speaker::Client => ("component", Colour::Bold),
            Speaker::Server => ("server   ", Colour::Cyan),
        };
        println!(
            "{milliseconds}  {tls}  {}  {}",
            self.paint(colour, who),
            harmless(line.text)
        );
    }

    pub fn success(self, text: &str) {
        println!("\n{}", self.paint(Colour::Green, text));
    }

    fn paint(self, colour: Colour, text: &str) -> String {
        if self.colours {
            format!("\x1b[{}m{text}\x1b[0m", colour as u8)
        } else {
            text.into()
        }
    }
}

/// Replaces control characters: the other side must not control the terminal.
fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
