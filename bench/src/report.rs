//! The table of the TLS benchmark.

use std::fmt;
use std::time::Duration;

use crate::client::BULK;

/// The results of one client.
pub(crate) struct Column {
    pub name: &'static str,
    pub plain: Duration,
    pub full: Duration,
    pub resumed: Duration,
    pub bulk: Duration,
    pub bulk_plain: Duration,
    /// `None` for native code.
    pub component: Option<Component>,
}

pub(crate) struct Component {
    pub size: usize,
    pub compilation: Duration,
    pub instantiation: Duration,
}

pub(crate) struct Report {
    columns: Vec<Column>,
    machine: String,
}

impl Report {
    /// The others are compared with the first column.
    pub(crate) fn new(columns: Vec<Column>, machine: String) -> Report {
        Report { columns, machine }
    }

    fn row(
        &self,
        f: &mut fmt::Formatter,
        name: &str,
        cell: impl Fn(&Column) -> String,
    ) -> fmt::Result {
        write!(f, "| {name} |")?;
        for column in &self.columns {
            write!(f, " {} |", cell(column))?;
        }
        writeln!(f)
    }

    /// A row of times, each with its ratio to the first column.
    fn times(
        &self,
        f: &mut fmt::Formatter,
        name: &str,
        time: impl Fn(&Column) -> Duration,
    ) -> fmt::Result {
        let native = self.columns.first().map(&time).unwrap_or_default();
        self.row(f, name, |column| {
            let time = time(column);
            let ratio = time.as_secs_f64() / native.as_secs_f64();
            match column.component {
                Some(_) => format!("{} ({ratio:.1} ×)", milliseconds(time)),
                None => milliseconds(time),
            }
        })
    }

    /// A row of throughputs of the large message in MB/s, each with its ratio to the first column.
    fn throughput(
        &self,
        f: &mut fmt::Formatter,
        name: &str,
        time: impl Fn(&Column) -> Duration,
    ) -> fmt::Result {
        let rate = |column: &Column| BULK as f64 / 1e6 / time(column).as_secs_f64();
        let native = self.columns.first().map_or(f64::NAN, rate);
        self.row(f, name, |column| {
            let rate = rate(column);
            match column.component {
                Some(_) => format!("{rate:.0} MB/s ({:.2} ×)", rate / native),
                None => format!("{rate:.0} MB/s"),
            }
        })
    }

    fn component(
        &self,
        f: &mut fmt::Formatter,
        name: &str,
        cell: impl Fn(&Component) -> String,
    ) -> fmt::Result {
        self.row(f, name, |column| {
            column.component.as_ref().map_or("–".into(), &cell)
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.row(f, "", |column| format!("`{}`", column.name))?;
        self.row(f, "---", |_| "---".into())?;
        self.times(f, "full handshake", |column| {
            column.full.saturating_sub(column.plain)
        })?;
        self.times(f, "resumed handshake", |column| {
            column.resumed.saturating_sub(column.plain)
        })?;
        self.times(f, "connection, EHLO and QUIT without TLS", |column| {
            column.plain
        })?;
        self.throughput(f, "100 MB sent over TLS", |column| column.bulk)?;
        self.throughput(f, "100 MB sent without TLS", |column| column.bulk_plain)?;
        self.throughput(f, "what TLS adds to them", |column| {
            column.bulk.saturating_sub(column.bulk_plain)
        })?;
        self.component(f, "size", |own| format!("{} kB", own.size.div_ceil(1000)))?;
        self.component(f, "compilation by wasmtime", |own| {
            format!("{:.1} s", own.compilation.as_secs_f64())
        })?;
        self.component(f, "an instance of what is compiled", |own| {
            format!("{:.0} µs", own.instantiation.as_secs_f64() * 1e6)
        })?;
        writeln!(f, "\n{}", self.machine)
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}
