package io.serai.config;

import java.io.IOException;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** Reads a properties file with the lines of its keys, which {@link Properties} forgets. */
final class PropertyFile {
    private PropertyFile() {}

    record Property(String value, int line) {
        /** Without the value, which may be a secret. */
        @Override
        public String toString() {
            return "line " + line;
        }
    }

    static Map<String, Property> read(ConfigFiles.Text file, Findings findings) {
        Map<String, Property> properties = new LinkedHashMap<>();
        String[] lines = file.text().split("\\R", -1);
        for (int i = 0; i < lines.length; i++) {
            int first = i;
            StringBuilder logical = new StringBuilder(lines[i]);
            boolean comment = lines[i].isBlank()
                    || lines[i].strip().startsWith("#")
                    || lines[i].strip().startsWith("!");
            while (!comment && continues(lines[i]) && i + 1 < lines.length) {
                logical.append('\n').append(lines[++i]);
            }
            if (comment) {
                continue;
            }
            Properties one = new Properties();
            try {
                one.load(new StringReader(logical.toString()));
            } catch (IllegalArgumentException | IOException e) {
                findings.problem(file.name(), first + 1, "", "a malformed \\uXXXX; write a backslash as two");
                continue;
            }
            one.forEach((key, value) -> {
                String name = (String) key;
                Property earlier = properties.put(name, new Property(((String) value).strip(), first + 1));
                if (earlier != null) {
                    findings.problem(file.name(), first + 1, name, "stands twice, first in line " + earlier.line());
                }
            });
        }
        return properties;
    }

    /** An odd number of backslashes at the end. */
    private static boolean continues(String line) {
        int slashes = 0;
        while (slashes < line.length() && line.charAt(line.length() - 1 - slashes) == '\\') {
            slashes++;
        }
        return slashes % 2 == 1;
    }
}
