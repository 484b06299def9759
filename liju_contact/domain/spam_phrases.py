"""Phrases that spam in contact forms is full of, each with its points, in the normal form of the search.

Chosen by hand and kept short: a public list of 32 000 such phrases is found in 41 % of honest mail. Only what nobody
who asks for a boiler writes stands here; together they count up to a limit, so that a phrase alone holds nothing.
"""

from __future__ import annotations

from liju_contact.domain.search_words import normal_form

MOST_POINTS = 4.0
_WRITTEN = """
2.0 first page of google | page one of google | top of google | rank your website | rank higher on google
2.0 guest post | guest posting | sponsored post | link insertion | high quality backlinks | quality backlinks
2.0 seo services | seo expert | seo agency | seo package | white hat seo | search engine optimization services
2.0 increase your traffic | website traffic to your | drive targeted traffic | organic traffic to your website
1.5 redesign your website | website redesign | errors on your website | came across your website and noticed
1.5 web design services | mobile app development services | wikipedia page for your
1.5 domain authority | backlinks | do follow link | dofollow
1.5 explainer video | we can promote your | email marketing list | email leads | verified leads | targeted email list
2.0 contact form marketing | messages to contact forms | submit your message to millions | via contact forms
2.0 online casino | casino bonus | no deposit bonus | free spins | sports betting
2.0 make money online | earn money from home | work from home and earn | passive income | financial freedom
2.0 bitcoin investment | crypto investment | forex trading | binary options | guaranteed profit | double your money
2.0 viagra | cialis | weight loss pills | enlargement pills | cheap pills | online pharmacy
1.5 business loan | unsecured loan | loan at 3 | loan at 2 | working capital loan | fast loan | get funded
2.0 next of kin | unclaimed inheritance | inheritance fund | million dollars for you | late client | lottery winner
2.0 dating site | hot girls | sexy girls | adult dating | webcam girls | nude photos
1.5 unsubscribe from this list | to stop receiving these messages | opt out of future messages | reply stop
1.5 replica watches | cheap designer | louis vuitton outlet
1.5 ai chatbot for your website | automate your leads | virtual assistant services
2.0 代开发票 | 代开增值税 | 代开各类 | 代开普通 | 代理开具 | 发票代开 | 点数优惠 | 税点优惠 | 先验票后付款
2.0 网站优化排名 | 关键词排名 | 百度排名 | 谷歌排名 | 快速排名 | 外链代发
2.0 网络赌博 | 真人娱乐 | 彩票计划 | 棋牌代理 | 博彩 | 体育投注
2.0 无抵押贷款 | 信用贷款 | 小额贷款 | 套现 | 办信用卡
1.5 兼职日结 | 刷单 | 日入过千 | 加微信领取 | 月入过万
1.5 群发软件 | 邮件群发 | 精准客源 | 企业名录出售 | 客户名录
"""
PHRASES = tuple(
    (f" {normal_form(phrase)} " if phrase.isascii() else normal_form(phrase), float(line.partition(" ")[0]))
    for line in _WRITTEN.strip().splitlines()
    for phrase in line.partition(" ")[2].split(" | ")
)


def phrases_in(normal: str) -> tuple[list[str], float]:
    """Return the phrases that stand in a text in its normal form, and their points."""
    normal = f" {normal} "
    found = [(phrase, points) for phrase, points in PHRASES if phrase in normal]
    return [phrase.strip() for phrase, _ in found], min(MOST_POINTS, sum(points for _, points in found))
