package smelt.planner.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;
import smelt.planner.choice.SampleChoice;

/** Guards planner/: the report is one file that needs nothing else and shows names as they are. */
final class ReportTest {
    @Test
    void needsNothingFromOutside() {
        String page = Report.html(SampleChoice.named("llama-2-70b"));
        assertThat(page)
                .doesNotContain("<script")
                .doesNotContain("<link")
                .doesNotContain("src=")
                .doesNotContain("@import")
                .doesNotContain("url(")
                .doesNotContain("NaN")
                .doesNotContain("Infinity")
                .contains("<svg")
                .contains("Why others lost");
    }

    @Test
    void namesCannotBecomeMarkup() {
        String page = Report.html(SampleChoice.named("<script>alert('x')</script>\"&"));
        assertThat(page).doesNotContain("<script").contains("&lt;script&gt;");
    }

    @Test
    void drawingsAreWellFormed() throws Exception {
        String page = Report.html(SampleChoice.named("llama-2-70b"));
        int drawings = 0;
        for (int at = page.indexOf("<svg"); at >= 0; at = page.indexOf("<svg", at + 1)) {
            String svg = page.substring(at, page.indexOf("</svg>", at) + "</svg>".length());
            assertThat(DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(new InputSource(new StringReader(svg)))
                            .getDocumentElement()
                            .getTagName())
                    .isEqualTo("svg");
            drawings++;
        }
        assertThat(drawings).isEqualTo(3);
    }
}
