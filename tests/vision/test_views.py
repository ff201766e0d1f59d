from __future__ import annotations

from tests.worlds.factories import photo
from vitrine.vision import images, views


def test_a_view_is_another_photo_and_the_same_for_the_same_seed() -> None:
    picture = images.open(photo("red", size=(300, 400)))
    one = views.second(picture, "a")
    assert one == views.second(picture, "a")
    assert one != views.second(picture, "b")
    width, height = images.open(one).size
    assert 225 <= width < 300
    assert 300 <= height < 400
