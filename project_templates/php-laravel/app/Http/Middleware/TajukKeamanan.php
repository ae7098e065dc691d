<?php

namespace App\Http\Middleware;

use Closure;
use Illuminate\Http\Request;
use Symfony\Component\HttpFoundation\Response;

/**
 * Menambahkan tajuk keamanan pada setiap jawaban.
 */
class TajukKeamanan
{
    public function handle(Request $request, Closure $next): Response
    {
        $jawaban = $next($request);
        $jawaban->headers->set('X-Content-Type-Options', 'nosniff');
        $jawaban->headers->set('X-Frame-Options', 'DENY');
        $jawaban->headers->set('Referrer-Policy', 'same-origin');
        $jawaban->headers->set('Content-Security-Policy', "default-src 'self'; frame-ancestors 'none'");

        return $jawaban;
    }
}
