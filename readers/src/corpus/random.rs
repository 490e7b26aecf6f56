//! Messages of random texts, which put together what nobody thinks of putting together.

use envoi_message::compose::Destination;

use super::case::{Case, addresses};

const COUNT: usize = 100;

/// A text is of one of these, with some characters of the others.
const ALPHABETS: [&str; 6] = [
    "abcX1 ",
    "äßéa ",
    "日本語。",
    "مر ",
    "🎉👩\u{200d}x ",
    "\"\\()<>@,;:.=?_%'*&#!~^`{|[]$+-/a ",
];

pub(crate) fn all() -> Vec<Case> {
    let mut random = Random(1);
    (0..COUNT).map(|number| case(number, &mut random)).collect()
}

fn case(number: usize, random: &mut Random) -> Case {
    let names: [String; 5] = std::array::from_fn(|_| random.line(60));
    let [ann, bob, eve, joe, group] = names.each_ref().map(String::as_str);
    let members = [(eve, "eve@example.net"), (joe, "joe@example.net")];
    let case = Case::new(&format!("random-{number:03}"))
        .from(&[(ann, "ann@example.org")])
        .to(&[(bob, "bob@example.net"), (eve, "eve@example.net")])
        .also_to(&members)
        .with(|draft| {
            draft
                .add_group(Destination::To, group, addresses(&members))
                .unwrap();
        })
        .subject(&random.text(200))
        .text(&random.lines())
        .html(&random.lines());
    let file = random.line(60).replace(['/', '\\'], "-");
    let octets: Vec<u8> = random.text(300).into_bytes();
    case.attach(&file, "application/octet-stream", &octets)
}

/// A linear congruential generator (Knuth), the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        let product = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = product.wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }

    fn text(&mut self, longest: usize) -> String {
        let own = self.below(ALPHABETS.len());
        let length = 1 + self.below(longest);
        let characters = (0..length).map(|_| {
            let other = self.below(ALPHABETS.len());
            let alphabet = if self.below(4) == 0 { other } else { own };
            let characters: Vec<char> = ALPHABETS[alphabet].chars().collect();
            characters[self.below(characters.len())]
        });
        characters.collect()
    }

    /// Without blanks that some readers leave out.
    fn line(&mut self, longest: usize) -> String {
        let text = self.text(longest);
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.is_empty() {
            return "x".into();
        }
        words.join(" ")
    }

    fn lines(&mut self) -> String {
        let count = 1 + self.below(8);
        (0..count).map(|_| self.text(120) + "\n").collect()
    }
}
