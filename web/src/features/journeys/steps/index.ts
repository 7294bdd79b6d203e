import type { Step, StepKind } from "@/api/graph";
import type { Tongue } from "@/graph/conditions";
import type { Part } from "@/lib/sentence";
import { assignCoupon } from "./assign_coupon/face";
import { checkNow } from "./check_now/face";
import { end } from "./end/face";
import type { Face } from "./face";
import { react } from "./react/face";
import { sendEmail } from "./send_email/face";
import { sendSms } from "./send_sms/face";
import { updateContact } from "./update_contact/face";
import { wait } from "./wait/face";
import { waitThenCheck } from "./wait_then_check/face";

const faces: { [Kind in StepKind]: Face<Extract<Step, { kind: Kind }>> } = {
  send_email: sendEmail,
  send_sms: sendSms,
  wait,
  check_now: checkNow,
  wait_then_check: waitThenCheck,
  react,
  update_contact: updateContact,
  assign_coupon: assignCoupon,
  end,
};

/** The face of a step's kind; every kind of the server has one. */
export const faceOf = (step: Step): Face<Step> => faces[step.kind] as unknown as Face<Step>;

export interface Described {
  kicker: string;
  title: Part[];
  sentences: Part[][];
}

/** Everything that a step says of itself. */
export function describe(step: Step, tongue: Tongue): Described {
  const face = faceOf(step);
  return {
    kicker: face.kicker(step, tongue),
    title: face.title(step, tongue),
    sentences: face.sentences(step, tongue),
  };
}
