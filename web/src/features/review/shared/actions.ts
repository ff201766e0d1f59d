/** What a reviewer does with items. */
import { api, held } from "@/api/client";
import type {
  Leased,
  LeaseRequest,
  ReviewItem,
  ReviewRequest,
  ReviewRequests,
  ReviewTaken,
} from "@/api/types";

/** Items that are nobody else's for a while. */
export async function lease(asked: LeaseRequest): Promise<Leased> {
  return held(await api.POST("/v1/review/lease", { body: asked }));
}

export async function showItem(id: string): Promise<ReviewItem> {
  const path = { item_id: id };
  return held(await api.GET("/v1/review/items/{item_id}", { params: { path } }));
}

/** Keep an item for longer. */
export async function prolong(id: string): Promise<ReviewItem> {
  const path = { item_id: id };
  return held(await api.POST("/v1/review/items/{item_id}/lease", { params: { path } }));
}

/** Give an item back; sent even while the page goes away. */
export async function release(id: string): Promise<void> {
  const path = { item_id: id };
  await api.DELETE("/v1/review/items/{item_id}/lease", { params: { path }, keepalive: true });
}

export async function answer(id: string, body: ReviewRequest): Promise<ReviewTaken> {
  const path = { item_id: id };
  return held(await api.POST("/v1/review/items/{item_id}/answer", { params: { path }, body }));
}

/** Answer several; what is wrong with one is told of it, and costs the others nothing. */
export async function answerAll(answers: ReviewRequests) {
  return held(await api.POST("/v1/review/answers", { body: { answers } })).answers;
}

/** Take an answer back; its item is as it was, and ours again. */
export async function undo(answerId: string): Promise<ReviewItem> {
  const path = { answer_id: answerId };
  return held(await api.POST("/v1/review/answers/{answer_id}/undo", { params: { path } }));
}
