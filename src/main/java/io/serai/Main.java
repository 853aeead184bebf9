package io.serai;

/** The command line's entry: {@code run}, {@code validate}, {@code help}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {}
}
