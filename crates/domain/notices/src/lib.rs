//! Which notice, to whom, in which language, with which facts.
