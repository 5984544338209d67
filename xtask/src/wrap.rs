//! Wraps comments that are too long, which rustfmt leaves alone.

/// The last column of a comment.
const WIDTH: usize = 100;

/// The text with every paragraph of line comments that has too long a line wrapped anew. Lists,
/// tables, headings and code examples stay as they are.
pub fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        let Some((mark, words)) = comment(line) else {
            flush(&mut paragraph, &mut lines);
            in_code = false;
            lines.push(line.to_owned());
            continue;
        };
        let fence = words.starts_with("```");
        let plain = !in_code && !fence && is_prose(words);
        in_code ^= fence;
        if !plain {
            flush(&mut paragraph, &mut lines);
            lines.push(line.to_owned());
            continue;
        }
        let before = paragraph.first().and_then(|first| comment(first));
        if before.is_some_and(|(before, _)| before != mark) {
            flush(&mut paragraph, &mut lines);
        }
        paragraph.push(line);
    }
    flush(&mut paragraph, &mut lines);
    let end = if text.ends_with('\n') { "\n" } else { "" };
    lines.join("\n") + end
}

/// The indentation and slashes of a comment that has a line to itself, and its words.
fn comment(line: &str) -> Option<(&str, &str)> {
    let indent = line.len() - line.trim_start().len();
    let mark = ["//! ", "/// ", "// "]
        .into_iter()
        .find(|mark| line[indent..].starts_with(mark))?;
    Some(line.split_at(indent + mark.len()))
}

fn is_prose(words: &str) -> bool {
    let marks = [' ', '-', '*', '|', '#', '>', '@', '='];
    !words.starts_with(marks) && !words.starts_with(char::is_numeric)
}

fn flush(paragraph: &mut Vec<&str>, lines: &mut Vec<String>) {
    let long = paragraph.iter().any(|line| line.chars().count() > WIDTH);
    let mark = paragraph
        .first()
        .and_then(|line| comment(line))
        .map(|(mark, _)| mark);
    match mark {
        Some(mark) if long => lines.extend(fill(mark, paragraph)),
        _ => lines.extend(paragraph.iter().map(|line| (*line).to_owned())),
    }
    paragraph.clear();
}

fn fill(mark: &str, paragraph: &[&str]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in paragraph
        .iter()
        .flat_map(|line| line[mark.len()..].split_whitespace())
    {
        match lines.last_mut() {
            // A word that would begin a list, table or heading stays where it is.
            Some(line)
                if line.chars().count() + 1 + word.chars().count() <= WIDTH || !is_prose(word) =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{mark}{word}")),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_paragraph_is_wrapped_and_everything_else_is_left() {
        let word = "abcdefghi ".repeat(11);
        let text = format!(
            "    /// {word}end.\n    /// More.\n    ///\n    /// - {word}\n    x(); // {word}\n"
        );
        let wrapped = wrapped(&text);
        let lines: Vec<&str> = wrapped.lines().collect();
        assert!(lines[0].chars().count() <= WIDTH && lines[1].ends_with("end. More."));
        assert_eq!(lines[2], "    ///");
        assert!(lines[3].starts_with("    /// - abc") && lines[3].len() > WIDTH);
        assert_eq!(lines.len(), 5);
    }

    #[test]
    fn short_paragraphs_and_examples_keep_their_lines() {
        let text = "/// a\n/// b\n\n/// ```\n/// x\n/// ```\n//! c\n";
        assert_eq!(wrapped(text), text);
        let code = format!("/// ```\n/// {}\n/// ```\n", "x ".repeat(80));
        assert_eq!(wrapped(&code), code);
    }

    #[test]
    fn wrapping_twice_changes_nothing_more() {
        let text = format!("// {}\n", "some words of 12 - and more ".repeat(12));
        let once = wrapped(&text);
        assert_eq!(wrapped(&once), once);
    }
}
