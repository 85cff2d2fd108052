// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateAnswerTest {
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"counter\": 4711}";

  private static long read(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return StateAnswer.counter(bytes, bytes.length);
  }

  @Test
  void everyPrefixIsIncompleteAndTheWholeIsRead() {
    for (int length = 0; length < ANSWER.length(); length++) {
      assertThat(read(ANSWER.substring(0, length)))
          .as(ANSWER.substring(0, length))
          .isEqualTo(StateAnswer.INCOMPLETE);
    }
    assertThat(read(ANSWER)).isEqualTo(4711);
    assertThat(read("HTTP/1.0 200 ok\r\n\r\n{\"counter\":0,\"x\":1}")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 500 Oops\r\n\r\n{\"counter\":1}",
        "HTTP/2 200 \r\n",
        "SSH-2.0-OpenSSH",
        "HTTP/1.1 200 OK\r\n\r\n{\"counter\":-1}",
        "HTTP/1.1 200 OK\r\n\r\n{\"counter\":\"1\"}",
        "HTTP/1.1 200 OK\r\n\r\n{\"counter\":12.5}",
        "HTTP/1.1 200 OK\r\n\r\n{\"counter\":1234567890123456789}",
        "HTTP/1.1 200 OK\r\n\r\n{\"counter\" 5}"
      })
  void anythingElseIsWrong(String text) {
    assertThat(read(text)).isEqualTo(StateAnswer.WRONG);
  }

  @Test
  void aCounterInTheHeadDoesNotCount() {
    assertThat(read("HTTP/1.1 200 OK\r\nX: \"counter\":5}\r\n")).isEqualTo(StateAnswer.INCOMPLETE);
  }
}
