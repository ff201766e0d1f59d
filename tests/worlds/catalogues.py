"""Catalogue files for tests, small and in every format."""

from __future__ import annotations

import zipfile
from pathlib import Path

from vitrine.services import imports
from vitrine.services.imports import Record

SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,\
Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Price,Image Src,Image Position,\
Google Shopping / Gender,Variant Image,Status,Fabric (product.metafields.shopify.fabric)
tee,Classic Tee,"<p>Soft &amp; warm.<br>Made of ""cotton"".</p>",Acme,Apparel,T-Shirts,\
"basic, new",TRUE,Size,S,Color,Red,TEE-S-R,100,19.90,tee-1.jpg,1,unisex,,active,cotton
tee,,,,,,,,,M,,Blue,TEE-M-B,100,21.90,tee-2.jpg,2,,,,
dress,Plain Dress,Long,Acme,Apparel,Dresses,,TRUE,Title,Default Title,,,DR-1,300,59.00,dress.jpg,1,\
female,dress.jpg,draft,
tee,,,,,,,,,L,,Red,TEE-L-R,100,19.90,,,,tee-3.jpg,,
"""

SHOPIFY_2025 = """\
Title,URL handle,Description,Vendor,Type,SKU,Option1 name,Option1 value,Price,Product image URL
Hat,hat,A hat,Acme,Hats,HAT-1,Size,One,9.00,hat.jpg
"""

GOOGLE_TSV = """\
id\ttitle\tdescription\tlink\timage link\tadditional image link\tprice\tbrand\tcolor\tgender\t\
product type\titem group id\tsize\tavailability
A-S\tTee\t5" hem\thttps://shop.example/a\ta.jpg\tb.jpg\t19.90 EUR\tAcme\tRed\tunisex\t\
Tops > Tees\tA\tS\tin_stock
B\tDress\tLong\thttps://shop.example/b\tdress.jpg\t\t59 EUR\tAcme\tBlue\tfemale\tDresses\t\t\t\
in_stock
A-M\tTee\t5" hem\thttps://shop.example/a\ta.jpg\tc.jpg\t19.90 EUR\tAcme\tRed\tunisex\t\
Tops > Tees\tA\tM\tin_stock
"""

GOOGLE_XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item><g:id>A-S</g:id><title>Tee &amp; more</title><g:image_link>a.jpg</g:image_link>
<g:additional_image_link>b.jpg</g:additional_image_link>
<g:additional_image_link>c.jpg</g:additional_image_link><g:price>19.90 EUR</g:price>
<g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping>
<g:color>Red</g:color><g:item_group_id>A</g:item_group_id><g:size>S</g:size></item>
<item><g:id>B</g:id><title><![CDATA[Dress <b>]]></title>
<g:image_link>dress.jpg</g:image_link></item>
<item><g:id>A-M</g:id><title>Tee &amp; more</title><g:image_link>a.jpg</g:image_link>
<g:item_group_id>A</g:item_group_id><g:size>M</g:size></item>
</channel></rss>
"""

ATOM = """\
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>Shop</title>
<entry><g:id>A</g:id><title>Tee</title><link href="https://shop.example/a"/>
<g:image_link>a.jpg</g:image_link></entry></feed>
"""

MEDUSA_V1 = """\
Product Id;Product Handle;Product Title;Product Subtitle;Product Description;Product Status;\
Product Thumbnail;Product Type;Variant Id;Variant Title;Variant SKU;Price EUR;Price USD;\
Option 1 Name;Option 1 Value;Image 1 Url;Image 2 Url
;tee;Tee;;Soft;published;a.jpg;Tops;;S;TEE-S;19.90;21.00;Size;S;a.jpg;b.jpg
;tee;Tee;;Soft;published;a.jpg;Tops;;M;TEE-M;19.90;21.00;Size;M;a.jpg;b.jpg
;dress;Dress;;Long;draft;;Dresses;;One;DR-1;59;65;Colour;Blue;dress.jpg;
"""

MEDUSA_V2 = """\
Product Id,Product Handle,Product Title,Product Description,Product Status,Product Thumbnail,\
Product Tag 1,Product Tag 2,Variant SKU,Variant Price EUR,Variant Option 1 Name,\
Variant Option 1 Value,Product Image 1 Url
,tee,Tee,Soft,published,a.jpg,basic,new,TEE-S,19.90,Size,S,b.jpg
"""


WOOCOMMERCE = """\
ID,Type,SKU,Name,Published,"Is featured?","Visibility in catalog",Description,"In stock?",\
"Sale price","Regular price",Categories,Tags,Images,Parent,"Attribute 1 name",\
"Attribute 1 value(s)","Attribute 2 name","Attribute 2 value(s)"
7,variation,W-S,Tee - S,1,0,visible,,1,,19.00,,,,W,Size,S,Colour,Red
6,variable,W,Tee,1,0,visible,<p>Soft</p>,1,,,"Tops > Tees, Sale","new, soft\\, warm",\
"https://shop.example/a.jpg, https://shop.example/b.jpg",,Size,"S, M",Colour,Red
8,variation,W-M,Tee - M,1,0,visible,,0,,19.00,,,,W,Size,M,Colour,Red
9,simple,,Cap,-1,0,visible,,backorder,9.90,12.90,"Hats\\, caps > Caps",,cap.jpg,,,,,
10,simple,HID,Belt,1,0,hidden,,1,,5,Belts,,,,,,,
"""

QUOTED_TSV = """\
id\ttitle\timage_link\tprice
Q-1\t"Boyfriend" jeans\t\t49.00 EUR
Q-2\t"Mom jeans, blue\t\t49.00 EUR
Q-3\tPlain coat\t\t99.00 EUR
Q-4\tScarf 70"\t\t19.00 EUR
Q-5\t"5"" heel"\t\t9.00 EUR
"""

BROKEN_FEED = """\

<!-- made by a plugin -->
<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
<item><g:id>A</g:id><title>The page's</title><g:title>Tee</g:title><g:price>9 EUR</g:price></item>
<item><g:id>B</g:id><title>Hat & scarf \x0b caf&eacute; 5 < 6</title></item>
<item><g:id>C</g:id><title>Coat &unheard; </title></item>
<item><g:id>D</g:id><title>Belt</g:id></item>
<item><g:id>E</g:id><title>Left open</title>
<item><g:id>F</g:id><title><![CDATA[<item> a & b]]></title>
<g:product_type>First</g:product_type><g:product_type>Second</g:product_type></item>
</channel></rss>
"""


def written(folder: Path, text: str | bytes, name: str = "products.csv") -> Path:
    """The text as a file."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def records(path: Path, **given: object) -> list[Record]:
    """Every record of the file."""
    source = imports.source(path)
    source = type(source)(source.path, source.root, **given)  # type: ignore[arg-type]
    with imports.opened(source, imports.look(source)) as catalogue:
        return list(catalogue.records())


def zipped(path: Path, **files: bytes) -> Path:
    """A zip with those files; `__` in a name stands for a slash."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return path
