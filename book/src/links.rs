//! The links of a page of the book.

#[derive(Debug, PartialEq)]
pub struct Link {
    /// A path from the folder that the page's own is from.
    pub target: String,
    pub anchor: String,
}

/// Those to places of the project, as the page has them in attributes.
pub fn links(page: &str, html: &str) -> impl Iterator<Item = Link> {
    let attributes = ["href=\"", "src=\""].into_iter();
    let values = attributes.flat_map(|name| html.split(name).skip(1));
    let values = values.filter_map(|rest| Some(rest.split_once('"')?.0));
    let ours = values.filter(|value| !value.contains(':'));
    ours.map(|value| {
        let (file, anchor) = value.split_once('#').unwrap_or((value, ""));
        Link {
            target: resolve(page, file),
            anchor: anchor.into(),
        }
    })
}

/// `docs/a.html` and `../b` make `b`.
fn resolve(page: &str, file: &str) -> String {
    if file.is_empty() {
        return page.into();
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_seen_from_their_page() {
        let html = "<a href=\"b.html#c\"></a><img src=\"../d/e.svg\"><a href=\"#f\"></a>
            <a href=\"https://example.org/\"></a>";
        let found: Vec<_> = links("docs/a.html", html)
            .map(|link| (link.target, link.anchor))
            .collect();
        let link = |target: &str, anchor: &str| (target.to_string(), anchor.to_string());
        assert_eq!(
            found,
            [
                link("docs/b.html", "c"),
                link("docs/a.html", "f"),
                link("d/e.svg", "")
            ]
        );
    }
}
