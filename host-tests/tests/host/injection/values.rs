//! Hostile values: text that means something to SMTP, MIME, URLs, C or a terminal, and very long text.

/// 10 MB.
const LONG: usize = 10 << 20;

const HOSTILE: [&str; 34] = [
    "\r",
    "\n",
    "\r\n",
    "\r\n.\r\n",
    "\r\nQUIT\r\n",
    "\nRCPT TO:<c@mail.test>",
    "\r\nBcc: c@mail.test",
    "\r\n\r\n--x",
    "\0",
    " ",
    "\t",
    "\u{b}",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "\u{feff}",
    "<",
    ">",
    "> SIZE=1",
    "><c@mail.test>",
    "%",
    "%0d%0aQUIT",
    "%00",
    "\"",
    "\\",
    "'",
    ",",
    ";",
    "=?utf-8?q?=0D=0AX:?=",
    "ö",
    "日本",
    ".",
];

/// Text with something hostile in it: alone, before, behind and within `good`; and long text.
pub(crate) fn texts(good: &str) -> Vec<String> {
    let within = good
        .char_indices()
        .nth(1)
        .map_or(good.len(), |(place, _)| place);
    let (first, rest) = good.split_at(within);
    let mut texts = vec![
        String::new(),
        "x".repeat(LONG),
        format!("{good} ").repeat(LONG / (good.len() + 1)),
    ];
    for hostile in HOSTILE {
        texts.extend([
            hostile.to_owned(),
            format!("{hostile}{good}"),
            format!("{good}{hostile}"),
            format!("{first}{hostile}{rest}"),
        ]);
    }
    texts
}

/// The same as octets, and octets that are no text.
pub(crate) fn octets(good: &[u8]) -> Vec<Vec<u8>> {
    let good_text = String::from_utf8_lossy(good);
    let texts = texts(&good_text).into_iter().map(String::into_bytes);
    texts
        .chain([vec![0xff; 100], vec![0; 100], vec![b'\n'; LONG]])
        .collect()
}

pub(crate) const NUMBERS: [i128; 12] = [
    i128::MIN,
    i32::MIN as i128,
    -1,
    0,
    1,
    9,
    999_999_999,
    1_000_000_000,
    u32::MAX as i128,
    i64::MAX as i128,
    u64::MAX as i128,
    i128::MAX,
];
