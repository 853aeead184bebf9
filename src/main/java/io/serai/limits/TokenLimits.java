package io.serai.limits;

/**
 * How many tokens may be used; 0: as many as one likes.
 *
 * @param perMinute TPM
 * @param perHour TPH
 * @param perDay TPD
 */
public record TokenLimits(long perMinute, long perHour, long perDay) {
    public static final TokenLimits NONE = new TokenLimits(0, 0, 0);

    public TokenLimits {
        if (perMinute < 0 || perHour < 0 || perDay < 0) {
            throw new IllegalArgumentException("a token limit is below 0");
        }
    }

    public boolean any() {
        return perMinute > 0 || perHour > 0 || perDay > 0;
    }
}
