//! Bar charts in SVG, with shapes that every viewer supports.

use std::fmt::Write;

const WIDTH: f64 = 720.0;
/// The space for names, left of the bars.
const MARGIN: f64 = 170.0;
const HEIGHT: f64 = 16.0;
const COLOURS: [&str; 4] = ["#2b6cb0", "#90cdf4", "#718096", "#ed8936"];

pub(crate) struct Bar {
    pub name: String,
    /// Each value with its name.
    pub values: Vec<(String, f64)>,
}

/// Horizontal bars, one group per name.
pub(crate) fn bars(title: &str, bars: &[Bar]) -> String {
    let values = bars.iter().flat_map(|bar| &bar.values);
    let most = values
        .map(|(_, value)| *value)
        .fold(f64::MIN_POSITIVE, f64::max);
    let scale = (WIDTH - MARGIN - 60.0) / most;
    let mut shapes = text(8.0, 18.0, "start", title);
    let mut y = legend(&mut shapes, bars);
    for bar in bars {
        shapes += &text(MARGIN - 8.0, y + 12.0, "end", &bar.name);
        for (i, (_, value)) in bar.values.iter().enumerate() {
            let width = value * scale;
            shapes += &rectangle(MARGIN, y, width, colour(i));
            shapes += &text(MARGIN + width + 4.0, y + 12.0, "start", &short(*value));
            y += HEIGHT + 1.0;
        }
        y += 8.0;
    }
    picture(y, &shapes)
}

fn legend(shapes: &mut String, bars: &[Bar]) -> f64 {
    let names = bars.first().map_or(&[][..], |bar| &bar.values);
    for (i, (name, _)) in names.iter().enumerate() {
        let x = MARGIN + 170.0 * i as f64;
        *shapes += &rectangle(x, 28.0, 14.0, colour(i));
        *shapes += &text(x + 18.0, 40.0, "start", name);
    }
    56.0
}

fn picture(height: f64, shapes: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" \
         width=\"{WIDTH}\" height=\"{height:.0}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{shapes}</svg>\n"
    )
}

fn rectangle(x: f64, y: f64, width: f64, colour: &str) -> String {
    format!(
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{HEIGHT}\" fill=\"{colour}\"/>\n"
    )
}

fn text(x: f64, y: f64, anchor: &str, text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        let _ = match character {
            '<' => escaped.write_str("&lt;"),
            '&' => escaped.write_str("&amp;"),
            other => escaped.write_char(other),
        };
    }
    format!(
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#1a202c\">{escaped}</text>\n"
    )
}

fn colour(i: usize) -> &'static str {
    COLOURS[i % COLOURS.len()]
}

/// Three significant digits.
fn short(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_fills_the_width_and_names_are_escaped() {
        let bar = |name: &str, value| Bar {
            name: name.into(),
            values: vec![("one".into(), value)],
        };
        let svg = bars("title", &[bar("a<b", 1.0), bar("c", 2.0)]);
        assert!(svg.contains("a&lt;b"));
        assert!(svg.contains("width=\"490.0\"") && svg.contains("width=\"245.0\""));
    }
}
