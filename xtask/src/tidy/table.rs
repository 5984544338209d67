//! Tables in our own Markdown pages, found by the comment `<!-- tidy: name -->` before them.

/// The rows of a table after its head: the number of each line, and its cells without backquotes.
pub fn rows(page: &str, name: &str) -> Option<Vec<(usize, Vec<String>)>> {
    let mark = format!("<!-- tidy: {name} -->");
    let mut lines = page
        .lines()
        .enumerate()
        .skip_while(|(_, line)| line.trim() != mark);
    lines.next()?;
    let table = lines
        .skip_while(|(_, line)| line.trim().is_empty())
        .take_while(|(_, line)| line.trim_start().starts_with('|'));
    Some(
        table
            .skip(2)
            .map(|(at, line)| (at + 1, cells(line)))
            .collect(),
    )
}

fn cells(line: &str) -> Vec<String> {
    let line = line.trim().trim_start_matches('|').trim_end_matches('|');
    line.split('|')
        .map(|cell| cell.replace('`', "").trim().to_owned())
        .collect()
}

/// The words of a cell that lists things: `a, b`; a dash is none.
pub fn list(cell: &str) -> Vec<String> {
    cell.split(',')
        .map(str::trim)
        .filter(|word| !matches!(*word, "" | "–" | "—" | "-"))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_found_by_its_mark_and_read_without_its_head() {
        let page =
            "x\n<!-- tidy: edges -->\n\n| a | b |\n| --- | --- |\n| `k` | x, y |\n| l | – |\n\nend";
        let found = rows(page, "edges").unwrap();
        assert_eq!(
            found,
            [
                (6, vec!["k".into(), "x, y".into()]),
                (7, vec!["l".into(), "–".into()])
            ]
        );
        assert_eq!(list(&found[0].1[1]), ["x", "y"]);
        assert!(list(&found[1].1[1]).is_empty());
        assert!(rows(page, "other").is_none());
    }
}
