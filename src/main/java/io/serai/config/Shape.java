package io.serai.config;

/** What a value may be; the text is for the message. */
enum Shape {
    TEXT("text"),
    /** Zero or more. */
    NUMBER("a number, 0 or more"),
    /** Whole, zero or more. */
    COUNT("a whole number, 0 or more"),
    PERCENT("a number from 0 to 100"),
    FLAG("true or false"),
    /** One name or a list of names. */
    NAMES("a name or a list of names"),
    TEXTS("a list of text"),
    MAP("a mapping");

    private final String words;

    Shape(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
