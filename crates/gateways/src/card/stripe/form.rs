//! The body of a request: a form whose keys have brackets.

use zeroize::Zeroizing;

/// Pairs in the order they were put in. Wiped from memory when dropped: bank account numbers pass
/// through here.
#[derive(Default)]
pub(super) struct Form(Vec<(&'static str, Zeroizing<String>)>);

impl Form {
    pub(super) fn put(&mut self, key: &'static str, value: &str) {
        self.0.push((key, Zeroizing::new(value.to_owned())));
    }

    pub(super) fn encoded(&self) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in &self.0 {
            form.append_pair(key, value);
        }
        form.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_are_encoded_so_that_neither_can_break_out() {
        let mut form = Form::default();
        form.put("metadata[attempt_id]", "a&b=c d");
        assert_eq!(form.encoded(), "metadata%5Battempt_id%5D=a%26b%3Dc+d");
    }
}
