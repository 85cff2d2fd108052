// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  private static final String HERE = "10.0.0.1";
  private final Envelope ours = new Envelope(new byte[32]);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aCallAndItsAnswerAreRead() {
    byte[] call = ours.call(bytes("how are you"), HERE);
    assertThat(ours.openCall(call, HERE)).hasValue(bytes("how are you"));
    byte[] answer = ours.answer(bytes("well"), call);
    assertThat(ours.openAnswer(answer, call)).hasValue(bytes("well"));
    assertThat(new String(call, StandardCharsets.ISO_8859_1)).doesNotContain("how");
  }

  @Test
  void whatIsForgedChangedOrMeantForAnotherIsNotRead() {
    byte[] call = ours.call(bytes("x"), HERE);
    assertThat(ours.openCall(call, "10.0.0.2")).isEmpty();
    assertThat(new Envelope(bytes("another key")).openCall(call, HERE)).isEmpty();
    assertThat(ours.openCall(new byte[5], HERE)).isEmpty();
    for (int i = 0; i < call.length; i++) {
      byte[] changed = call.clone();
      changed[i] ^= 1;
      assertThat(ours.openCall(changed, HERE)).as("byte %s", i).isEmpty();
    }
  }

  @Test
  void anAnswerIsToOneCall() {
    byte[] call = ours.call(bytes("x"), HERE);
    byte[] other = ours.call(bytes("x"), HERE);
    assertThat(ours.openAnswer(ours.answer(bytes("y"), call), other)).isEmpty();
    assertThat(ours.openAnswer(call, call)).as("a call is no answer").isEmpty();
  }
}
